/**
 * Restarts: when a worker that died is followed by another one (pure).
 *
 * One that served for a while is followed at once. One that died young is followed after a pause, which
 * doubles with each in a row, so that one that can't live doesn't take the time of those that serve.
 */

/** A shorter life is a young death. Milliseconds. */
const YOUNG_MS = 5_000;
/** To start one takes most of a second of a core. */
const PAUSE_MS = { first: 100, max: 2_000 } as const;

export class Restarts {
  #youngDeaths = 0;

  /** One has died after it had served for `servedMs`. Milliseconds until the next one, 0..2,000. */
  died(servedMs: number): number {
    if (servedMs >= YOUNG_MS) {
      this.#youngDeaths = 0;
      return 0;
    }
    this.#youngDeaths += 1;
    return Math.min(PAUSE_MS.max, PAUSE_MS.first * 2 ** (this.#youngDeaths - 1));
  }
}
