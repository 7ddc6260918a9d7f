/**
 * Beat: what many want to have done soon is done for all of them at once, on one timer.
 *
 * A wake-up of the process and a write to a socket cost as much as the rest of a frame's way; a beat pays
 * for them once. Without anything to do there is no timer.
 */
import type { Clock } from '../../clock.ts';

export class Beat {
  readonly #clock: Clock;
  readonly #everyMs: number;
  /** Two that take turns, and never shrink: what is made for each beat anew would be the collector's. */
  #due: ((() => void) | undefined)[] = [];
  #struck: ((() => void) | undefined)[] = [];
  #count = 0;

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Runs `run` with the next beat, at most `everyMs` from now and never within this call; it can't be called off. */
  next(run: () => void): void {
    this.#due[this.#count] = run;
    this.#count += 1;
    if (this.#count === 1) this.#clock.after(this.#everyMs, () => this.#strike());
  }

  #strike(): void {
    const due = this.#due;
    const count = this.#count;
    this.#due = this.#struck;
    this.#struck = due;
    this.#count = 0;
    for (let at = 0; at < count; at++) {
      const run = due[at];
      due[at] = undefined;
      run?.();
    }
  }
}
