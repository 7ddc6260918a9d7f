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
  #due: (() => void)[] = [];
  /** The array that takes turns with it: a new one each time would outlive what it holds, and keep that from the collector. */
  #struck: (() => void)[] = [];

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Runs `run` with the next beat, at most `everyMs` from now and never within this call; it can't be called off. */
  next(run: () => void): void {
    this.#due.push(run);
    if (this.#due.length === 1) this.#clock.after(this.#everyMs, () => this.#strike());
  }

  #strike(): void {
    const due = this.#due;
    this.#due = this.#struck;
    this.#struck = due;
    try {
      for (const run of due) run();
    } finally {
      due.length = 0;
    }
  }
}
