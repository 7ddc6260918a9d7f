/**
 * Backoff: how long to wait before the next attempt, and when to give up.
 *
 * Waits double, with jitter, so that a fleet that lost its server doesn't come back at one moment.
 * Time and chance are arguments.
 */
import type { Limits } from './options.ts';

export interface Pause {
  /** From 1; counted anew once a connection has done well. */
  readonly attempt: number;
  readonly waitMs: number;
}

export class Backoff {
  readonly #limits: Pick<Limits, 'retryMsMin' | 'retryMsMax' | 'giveUpMsMax'>;
  readonly #random: () => number;
  #attempts = 0;
  /** When the trouble began. */
  #sinceMs: number | undefined;

  /** `random` answers from 0 on and below 1. */
  constructor(
    limits: Pick<Limits, 'retryMsMin' | 'retryMsMax' | 'giveUpMsMax'>,
    random: () => number,
  ) {
    this.#limits = limits;
    this.#random = random;
  }

  /**
   * The pause before the next attempt, or undefined to give up: it would end `giveUpMsMax` or more
   * after the trouble began. A server's `retryAfterMs` comes before the wait, not in its place:
   * those whom it told the same come one by one. In a `hurry` the first attempt waits for nothing.
   */
  next(nowMs: number, retryAfterMs = 0, hurry = false): Pause | undefined {
    this.#sinceMs ??= nowMs;
    this.#attempts += 1;
    const waitMs = retryAfterMs + (hurry && this.#attempts === 1 ? 0 : this.#waitMs());
    if (nowMs + waitMs - this.#sinceMs >= this.#limits.giveUpMsMax) return undefined;
    return { attempt: this.#attempts, waitMs };
  }

  /** The trouble is over. */
  reset(): void {
    this.#attempts = 0;
    this.#sinceMs = undefined;
  }

  /** The first may be next to nothing; the others are at least half of what they double. */
  #waitMs(): number {
    const { retryMsMin, retryMsMax } = this.#limits;
    const ceilingMs = Math.min(retryMsMax, retryMsMin * 2 ** (this.#attempts - 1));
    const floorMs = this.#attempts === 1 ? 0 : ceilingMs / 2;
    return floorMs + this.#random() * (ceilingMs - floorMs);
  }
}
