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

interface BreakerEvents {
  /** Nobody is served from now on, and why. A probe that is refused too is no further opening. */
  onOpened(why: string): void;
  onClosed(): void;
}

export class Breaker {
  readonly #events: BreakerEvents | undefined;
  readonly #limits: BreakerLimits;
  #state: 'closed' | 'open' | 'probing' = 'closed';
  #sinceMs = 0;
  #why = '';

  constructor(events?: BreakerEvents, limits: BreakerLimits = BREAKER) {
    this.#events = events;
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
    const wasClosed = this.#state === 'closed';
    this.#why = why;
    this.#become('open', nowMs);
    if (wasClosed) this.#events?.onOpened(why);
  }

  /** A stream was answered. */
  accepted(): void {
    if (this.#state === 'probing') this.#close();
  }

  #elapse(nowMs: number): void {
    if (this.#state !== 'probing') return;
    if (nowMs - this.#sinceMs >= this.#limits.probeMs) this.#close();
  }

  #close(): void {
    this.#state = 'closed';
    this.#events?.onClosed();
  }

  #become(state: 'open' | 'probing', nowMs: number): void {
    this.#state = state;
    this.#sinceMs = nowMs;
  }
}
