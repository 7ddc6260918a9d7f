/**
 * Budget: how many streams may be started, and how many of those again after a failure (pure).
 *
 * Retries of a whole process must not become the load that makes the next stream fail: there are as
 * many as a tenth of all starts, and never fewer than ten a minute.
 */

const MINUTE_MS = 60_000;

/** A token bucket that holds a minute's worth at most, and begins full. */
class Bucket {
  readonly #perMinute: number;
  #tokens: number;
  #filledMs = Number.NEGATIVE_INFINITY;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
    this.#tokens = perMinute;
  }

  has(nowMs: number): boolean {
    const passedMs = Math.min(MINUTE_MS, nowMs - this.#filledMs);
    this.#filledMs = nowMs;
    const earned = (passedMs * this.#perMinute) / MINUTE_MS;
    this.#tokens = Math.min(this.#perMinute, this.#tokens + earned);
    return this.#tokens >= 1;
  }

  /** After has() said yes. */
  take(): void {
    this.#tokens -= 1;
  }
}

const RETRIES_PER_MINUTE = 10;
const RETRIES_A_START = 0.1;
/** Saved from starts of better days: enough for all streams of some connections that break. */
const RETRIES_SAVED_MAX = 1_000;

export class StartBudget {
  readonly #starts: Bucket | undefined;
  readonly #retries = new Bucket(RETRIES_PER_MINUTE);
  #saved = 0;

  /** `startsPerMinuteMax` undefined: any number. */
  constructor(startsPerMinuteMax: number | undefined) {
    this.#starts = startsPerMinuteMax === undefined ? undefined : new Bucket(startsPerMinuteMax);
  }

  /** Spends a start, and a retry if the stream replaces one that failed; or spends nothing. */
  take(isRetry: boolean, nowMs: number): boolean {
    if (this.#starts?.has(nowMs) === false) return false;
    if (isRetry && !this.#takeRetry(nowMs)) return false;
    this.#starts?.take();
    this.#saved = Math.min(RETRIES_SAVED_MAX, this.#saved + RETRIES_A_START);
    return true;
  }

  #takeRetry(nowMs: number): boolean {
    if (this.#retries.has(nowMs)) this.#retries.take();
    else if (this.#saved >= 1) this.#saved -= 1;
    else return false;
    return true;
  }
}
