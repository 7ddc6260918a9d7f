/**
 * Quota: how many streams a project may hold at once, and start in a minute.
 */
import type { Limits } from './limits.ts';

export class Quota {
  readonly #limits: Limits;
  /** When each stream of the window started; at most `startsMax`. */
  #starts: number[] = [];
  #open = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Streams that hold a place. */
  get open(): number {
    return this.#open;
  }

  /** Takes a place, or answers which limit says no. */
  take(nowMs: number): 'concurrent' | 'starts' | undefined {
    const since = nowMs - this.#limits.startsWindowMs;
    const first = this.#starts.findIndex((startMs) => startMs > since);
    this.#starts.splice(0, first < 0 ? this.#starts.length : first);
    if (this.#open >= this.#limits.concurrentMax) return 'concurrent';
    if (this.#starts.length >= this.#limits.startsMax) return 'starts';
    this.#starts.push(nowMs);
    this.#open += 1;
    return undefined;
  }

  /** Gives a place back. */
  free(): void {
    this.#open -= 1;
  }
}
