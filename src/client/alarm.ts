/**
 * Alarm: rings when nothing has happened for a while, and again a while later.
 *
 * A touch costs one read of the clock: the timer is set anew only when it fires.
 */
import type { Clock, Timer } from '../clock.ts';

export class Alarm {
  readonly #clock: Clock;
  readonly #afterMs: number;
  readonly #ring: () => void;
  #sinceMs: number;
  #timer: Timer | undefined;

  /** Starts at once; rings `afterMs` after the start, the last touch or the last ring. */
  constructor(clock: Clock, afterMs: number, ring: () => void) {
    this.#clock = clock;
    this.#afterMs = afterMs;
    this.#ring = ring;
    this.#sinceMs = clock.nowMs();
    this.#timer = clock.after(afterMs, this.#check);
  }

  touch(): void {
    this.#sinceMs = this.#clock.nowMs();
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #check = (): void => {
    const quiet = this.#sinceMs + this.#afterMs <= this.#clock.nowMs();
    if (quiet) this.touch();
    const leftMs = this.#sinceMs + this.#afterMs - this.#clock.nowMs();
    this.#timer = this.#clock.after(leftMs, this.#check);
    if (quiet) this.#ring();
  };
}
