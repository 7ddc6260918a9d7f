/**
 * Breaker: stops asking Google for streams while its answer is known (pure).
 *
 *   closed ──refused──▶ open ──openMs──▶ probing ──accepted──▶ closed
 *                        ▲ └──────────────refused┘
 *
 * Credentials that are refused once are refused for everybody. Probing, one stream is let through;
 * it is accepted when it says anything, or lives for a while.
 */

export interface BreakerLimits {
  readonly openMs: number;
  /** A probe that has not been refused after so long was accepted. */
  readonly probeMs: number;
}

const BREAKER: BreakerLimits = { openMs: 30_000, probeMs: 10_000 };

export class Breaker {
  readonly #limits: BreakerLimits;
  #state: 'closed' | 'open' | 'probing' = 'closed';
  #sinceMs = 0;
  #why = '';

  constructor(limits: BreakerLimits = BREAKER) {
    this.#limits = limits;
  }

  /** Why nothing is served now, or undefined. */
  problem(nowMs: number): string | undefined {
    this.#elapse(nowMs);
    return this.#state === 'closed' ? undefined : this.#why;
  }

  /** Asks for a stream: undefined lets it through, else why not. */
  refusal(nowMs: number): string | undefined {
    this.#elapse(nowMs);
    if (this.#state === 'closed') return undefined;
    if (this.#state === 'probing' || nowMs - this.#sinceMs < this.#limits.openMs) return this.#why;
    this.#become('probing', nowMs);
    return undefined;
  }

  /** A stream was refused for its credentials. */
  refused(why: string, nowMs: number): void {
    this.#why = why;
    this.#become('open', nowMs);
  }

  /** A stream was answered. */
  accepted(): void {
    if (this.#state === 'probing') this.#state = 'closed';
  }

  #elapse(nowMs: number): void {
    if (this.#state !== 'probing') return;
    if (nowMs - this.#sinceMs >= this.#limits.probeMs) this.#state = 'closed';
  }

  #become(state: 'open' | 'probing', nowMs: number): void {
    this.#state = state;
    this.#sinceMs = nowMs;
  }
}
