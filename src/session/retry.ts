/**
 * Retry: whether and when a failed stream is replaced (pure).
 *
 * A stream that settled anything before it failed starts the count anew: only failures that follow
 * one another without progress are held against the recognizer.
 */
export class Retry {
  readonly #retriesMax: number;
  #failures = 0;
  #settled = 0;

  constructor(retriesMax: number) {
    this.#retriesMax = retriesMax;
  }

  /**
   * Counts a failure with the cursor at `settled`. Answers how long to wait, in milliseconds, or
   * undefined when it is enough. `random` is 0..1 and spreads the sessions that failed together.
   */
  failed(settled: number, random: number): number | undefined {
    this.#failures = settled > this.#settled ? 1 : this.#failures + 1;
    this.#settled = settled;
    if (this.#failures > this.#retriesMax) return undefined;
    return Math.min(WAIT_MS_MAX, FIRST_MS * 2 ** (this.#failures - 1)) * (0.5 + random);
  }
}

/** The first wait and the longest, before the jitter. */
const FIRST_MS = 100;
const WAIT_MS_MAX = 10_000;
