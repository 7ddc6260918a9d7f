/**
 * Outcome: a result that any number may wait for, and that nobody must.
 *
 * A promise exists only for who asks, so a failure that nobody waits for is no unhandled rejection.
 */

type Settled<T> = { readonly value: T } | { readonly error: Error };

export class Outcome<T> {
  #settled: Settled<T> | undefined;
  #waiting: ((settled: Settled<T>) => void)[] = [];

  /** The first outcome stays; later ones change nothing. */
  resolve(value: T): void {
    this.#settle({ value });
  }

  reject(error: Error): void {
    this.#settle({ error });
  }

  wait(): Promise<T> {
    return new Promise((resolve, reject) => {
      const tell = (settled: Settled<T>): void => {
        if ('error' in settled) reject(settled.error);
        else resolve(settled.value);
      };
      if (this.#settled === undefined) this.#waiting.push(tell);
      else tell(this.#settled);
    });
  }

  #settle(settled: Settled<T>): void {
    if (this.#settled !== undefined) return;
    this.#settled = settled;
    for (const tell of this.#waiting) tell(settled);
    this.#waiting = [];
  }
}
