/**
 * Restarts: when a worker that died is followed by another one, and when by none (pure).
 *
 * One that served for a while is followed at once. One that died young is followed after a pause, which
 * doubles with each in a row; after so many there is something wrong that another one won't mend.
 */

/** A shorter life is a young death. Milliseconds. */
const YOUNG_MS = 5_000;
const YOUNG_DEATHS_MAX = 8;
const PAUSE_MS = { first: 100, max: 5_000 } as const;

export class Restarts {
  #youngDeaths = 0;

  /** One has died after it had served for `servedMs`. Milliseconds until the next; undefined: none is to follow. */
  died(servedMs: number): number | undefined {
    if (servedMs >= YOUNG_MS) {
      this.#youngDeaths = 0;
      return 0;
    }
    this.#youngDeaths += 1;
    if (this.#youngDeaths >= YOUNG_DEATHS_MAX) return undefined;
    return Math.min(PAUSE_MS.max, PAUSE_MS.first * 2 ** (this.#youngDeaths - 1));
  }

  /** How many have died young in a row. */
  get youngDeaths(): number {
    return this.#youngDeaths;
  }
}
