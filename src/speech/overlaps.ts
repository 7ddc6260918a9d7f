/**
 * Overlaps: the reserve of slots for a stream that takes over while the one before it still ends.
 *
 * A limit that counts streams must leave some to rotation, or a full house could never rotate. They
 * are lent for seconds and nobody waits for one: whoever gets none lets the old stream end first.
 */
import { strict as assert } from 'node:assert';
import type { Slot } from './ask.ts';
import type { Starts } from './starts.ts';

/** Of all slots, this share is for overlaps, and at least one. */
const SHARE = 0.03;

/** How many of `slotsMax` slots are the reserve; with a single slot, none. */
export function reserveOf(slotsMax: number): number {
  return slotsMax < 2 ? 0 : Math.max(1, Math.ceil(slotsMax * SHARE));
}

export class Overlaps {
  readonly #starts: Starts | undefined;
  #limit: number;
  #used = 0;

  /** `starts` undefined: any number. */
  constructor(limit: number, starts?: Starts) {
    this.#limit = limit;
    this.#starts = starts;
  }

  get limit(): number {
    return this.#limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Counts from now on, and takes none away. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /**
   * A slot to be given back soon, for a stream that may start now: one start is spent, and a retry if
   * it replaces a stream that failed. Undefined, and nothing spent, when there is none.
   */
  take(isRetry = false): Slot | undefined {
    if (this.#used >= this.#limit || this.#starts?.take(isRetry) === false) return undefined;
    this.#used += 1;
    let state: 'held' | 'over' = 'held';
    return {
      release: () => {
        assert(state === 'held', 'an overlap was given back twice');
        state = 'over';
        this.#used -= 1;
      },
    };
  }
}
