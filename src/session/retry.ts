/**
 * Retry: whether and when a failed stream is replaced (pure).
 *
 * A stream that settled anything before it failed starts the count anew: only failures that follow
 * one another without progress are held against the recognizer. A stream that ended as streams do is
 * replaced at once and not counted, once without progress: a second one is no routine. Refusals for
 * the quota are not counted but timed.
 */
import type { StreamFault } from '../speech/recognizer.ts';

/** Another stream after `waitMs`, by queueing for it or not; `isCharged`: it is a retry of the process. */
export interface Again {
  readonly what: 'again' | 'queue';
  readonly waitMs: number;
  readonly isCharged: boolean;
}

/** What follows a failure. */
type Next =
  | Again
  /** The session ends: it failed too often, or the quota gave nothing for too long. */
  | { readonly what: 'give up' }
  | { readonly what: 'refuse' };

export class Retry {
  readonly #retriesMax: number;
  readonly #quotaMsMax: number;
  #failures = 0;
  #settled = 0;
  #routines = 0;
  #refusals = 0;
  #refusedMs: number | undefined;

  /** `quotaMsMax`: how long a session may be refused for the quota without progress. */
  constructor(retriesMax: number, quotaMsMax: number = Number.POSITIVE_INFINITY) {
    this.#retriesMax = retriesMax;
    this.#quotaMsMax = quotaMsMax;
  }

  /** Counts a failure by its kind, at `nowMs` with the cursor at `settled`. `random` is 0..1. */
  after(kind: StreamFault['kind'], settled: number, random: number, nowMs: number): Next {
    if (settled > this.#settled) this.#begin(settled);
    if (kind === 'config' || kind === 'unavailable') return { what: 'give up' };
    if (kind === 'quota') return this.#refused(random, nowMs);
    if (kind === 'routine') {
      this.#routines += 1;
      if (this.#routines === 1) return { what: 'again', waitMs: 0, isCharged: false };
    }
    const waitMs = this.failed(settled, random);
    if (waitMs === undefined) return { what: 'give up' };
    return { what: 'again', waitMs, isCharged: true };
  }

  #begin(settled: number): void {
    this.#settled = settled;
    this.#failures = 0;
    this.#routines = 0;
    this.#refusals = 0;
    this.#refusedMs = undefined;
  }

  #refused(random: number, nowMs: number): Next {
    this.#refusedMs ??= nowMs;
    if (nowMs - this.#refusedMs >= this.#quotaMsMax) return { what: 'refuse' };
    this.#refusals += 1;
    return { what: 'queue', waitMs: waitMs(this.#refusals, random), isCharged: false };
  }

  /**
   * Counts a failure with the cursor at `settled`. Answers how long to wait, in milliseconds, or
   * undefined when it is enough. `random` is 0..1 and spreads the sessions that failed together.
   */
  failed(settled: number, random: number): number | undefined {
    this.#failures = settled > this.#settled ? 1 : this.#failures + 1;
    this.#settled = settled;
    if (this.#failures > this.#retriesMax) return undefined;
    return waitMs(this.#failures, random);
  }
}

function waitMs(failures: number, random: number): number {
  return Math.min(WAIT_MS_MAX, FIRST_MS * 2 ** (failures - 1)) * (0.5 + random);
}

/** The first wait and the longest, before the jitter. */
const FIRST_MS = 100;
const WAIT_MS_MAX = 10_000;
