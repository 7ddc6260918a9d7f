/**
 * Receipt: tells the server which finals have come, at most once a second.
 */
import type { Clock, Timer } from '../clock.ts';

const EVERY_MS_MIN = 1_000;

export class Receipt {
  readonly #clock: Clock;
  readonly #say: (result: number) => void;
  #result = 0;
  #said = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, say: (result: number) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** The newest final that has come; says so now, or when a second has passed since the last time. */
  note(result: number): void {
    this.#result = result;
    if (this.#timer === undefined) this.#tell();
  }

  /** Says nothing more before the next note(). */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#said = this.#result;
  }

  #tell(): void {
    this.#said = this.#result;
    this.#timer = this.#clock.after(EVERY_MS_MIN, () => {
      this.#timer = undefined;
      if (this.#result > this.#said) this.#tell();
    });
    this.#say(this.#result);
  }
}
