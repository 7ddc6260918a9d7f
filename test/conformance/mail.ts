/**
 * Mail: things that come one by one, for one who waits for the next.
 */
import type { Clock } from '../../src/clock.ts';

export class Mail<T> {
  readonly #clock: Clock;
  readonly #items: T[] = [];
  #wake: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** The next one, now or within `withinMs`; else undefined. */
  async take(withinMs: number): Promise<T | undefined> {
    if (this.#items.length === 0 && withinMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.after(withinMs, resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
      this.#wake = () => undefined;
    }
    return this.#items.shift();
  }

  /** What has come already. */
  drain(): T[] {
    return this.#items.splice(0);
  }
}
