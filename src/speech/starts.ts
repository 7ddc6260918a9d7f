/**
 * Starts: how many streams may be started, and how many of those again after a failure.
 *
 * One token bucket for the process, before the slots of sessions and the reserve for overlaps: nobody
 * holds either while it waits for a start. Retries of a whole process must not become the load that
 * makes the next stream fail: there are as many as a tenth of all starts, and never fewer than ten a
 * minute.
 */
import type { Clock } from '../clock.ts';

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

  /** Whole tokens. */
  left(nowMs: number): number {
    return Math.floor(this.#fill(nowMs));
  }

  /** Until `count` of them have been there since now. */
  waitMs(count: number, nowMs: number): number {
    return Math.max(0, ((count - this.#fill(nowMs)) * MINUTE_MS) / this.#perMinute);
  }

  /** After left() said that there is one. */
  take(): void {
    this.#tokens -= 1;
  }

  #fill(nowMs: number): number {
    const passedMs = Math.min(MINUTE_MS, nowMs - this.#filledMs);
    this.#filledMs = nowMs;
    const earned = (passedMs * this.#perMinute) / MINUTE_MS;
    this.#tokens = Math.min(this.#perMinute, this.#tokens + earned);
    return this.#tokens;
  }
}

const RETRIES_PER_MINUTE = 10;
const RETRIES_A_START = 0.1;
/** Saved from starts of better days: enough for all streams of some connections that break. */
const RETRIES_SAVED_MAX = 1_000;

export class Starts {
  readonly #clock: Clock;
  readonly #starts: Bucket | undefined;
  readonly #retries = new Bucket(RETRIES_PER_MINUTE);
  #saved = 0;
  #onSpent: () => void = () => undefined;

  /** `perMinuteMax` from 1; undefined: any number. */
  constructor(clock: Clock, perMinuteMax: number | undefined) {
    this.#clock = clock;
    this.#starts = perMinuteMax === undefined ? undefined : new Bucket(perMinuteMax);
  }

  /** How many may be taken now; Infinity where any number may. */
  get left(): number {
    return this.#starts?.left(this.#clock.nowMs()) ?? Number.POSITIVE_INFINITY;
  }

  /** Milliseconds until `count` more could have been taken, one after the other. */
  waitMs(count: number): number {
    return this.#starts?.waitMs(count, this.#clock.nowMs()) ?? 0;
  }

  /** Spends a start, and a retry if the stream replaces one that failed; or spends nothing. */
  take(isRetry = false): boolean {
    if (this.left < 1) return false;
    if (isRetry && !this.#takeRetry()) return false;
    this.#starts?.take();
    this.#saved = Math.min(RETRIES_SAVED_MAX, this.#saved + RETRIES_A_START);
    if (this.left < 1) this.#onSpent();
    return true;
  }

  /** Calls `onSpent` within each take() after which none is left; for one listener. */
  watch(onSpent: () => void): void {
    this.#onSpent = onSpent;
  }

  #takeRetry(): boolean {
    if (this.#retries.left(this.#clock.nowMs()) >= 1) this.#retries.take();
    else if (this.#saved >= 1) this.#saved -= 1;
    else return false;
    return true;
  }
}
