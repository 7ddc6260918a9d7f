/**
 * Starts: how many streams may be started, and how many of those again after a failure.
 *
 * One object for the process, before the slots of sessions and the reserve for overlaps: nobody holds
 * either while it waits for a start. No minute has more starts than a minute may, wherever it begins: a
 * token bucket that saves so many would give twice as many after a quiet time. Retries of a whole
 * process must not become the load that makes the next stream fail: there are as many as a tenth of all
 * starts, never fewer than ten a minute, and two more for each that is answered. So when a recognizer is
 * back that had failed everybody, they double from answer to answer.
 */
import type { Clock } from '../clock.ts';

const MINUTE_MS = 60_000;
/** A minute, and what starts may differ in their way to who counts them. */
export const WINDOW_MS = MINUTE_MS + 500;

/** Says how many streams may start. */
export interface StartSource {
  left(nowMs: number): number;
  /** Milliseconds until `count` can have been taken; null while unknown: then whoever waits is told when to look. */
  waitMs(count: number, nowMs: number): number | null;
  /** After left() said that there is one. */
  take(nowMs: number): void;
  /** Somebody would start a stream now, and none is left. */
  want?(): void;
}

/** The starts of the last minute. */
class Minute implements StartSource {
  /** When each may be had again, the next one at `#next` and then in a circle. */
  readonly #againMs: Float64Array;
  #next = 0;

  constructor(max: number) {
    this.#againMs = new Float64Array(max).fill(Number.NEGATIVE_INFINITY);
  }

  left(nowMs: number): number {
    let low = 0;
    for (let high = this.#againMs.length; low < high; ) {
      const middle = Math.floor((low + high) / 2);
      if (this.#at(middle) <= nowMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  waitMs(count: number, nowMs: number): number {
    const { length } = this.#againMs;
    const rounds = Math.floor((count - 1) / length);
    const againMs = Math.max(nowMs, this.#at((count - 1) % length));
    return againMs - nowMs + rounds * WINDOW_MS;
  }

  take(nowMs: number): void {
    this.#againMs[this.#next] = nowMs + WINDOW_MS;
    this.#next = (this.#next + 1) % this.#againMs.length;
  }

  #at(nth: number): number {
    return this.#againMs[(this.#next + nth) % this.#againMs.length] ?? 0;
  }
}

/** A token bucket that holds a minute's worth at most, and begins full. */
class Bucket {
  readonly #perMinute: number;
  #tokens: number;
  #filledMs = Number.NEGATIVE_INFINITY;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
    this.#tokens = perMinute;
  }

  /** Takes one, if there is one. */
  take(nowMs: number): boolean {
    const passedMs = Math.min(MINUTE_MS, nowMs - this.#filledMs);
    this.#filledMs = nowMs;
    const earned = (passedMs * this.#perMinute) / MINUTE_MS;
    this.#tokens = Math.min(this.#perMinute, this.#tokens + earned);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

const RETRIES_PER_MINUTE = 10;
const RETRIES_A_START = 0.1;
const RETRIES_AN_ANSWER = 2;
/** Saved from starts of better days: enough for all streams of some connections that break. */
const RETRIES_SAVED_MAX = 1_000;

export class Starts {
  readonly #clock: Clock;
  readonly #starts: StartSource | undefined;
  readonly #retries = new Bucket(RETRIES_PER_MINUTE);
  #saved = 0;
  #onSpent: () => void = () => undefined;

  /** `starts`: so many a minute, from 1; or who knows; undefined: any number. */
  constructor(clock: Clock, starts: number | StartSource | undefined) {
    this.#clock = clock;
    this.#starts = typeof starts === 'number' ? new Minute(starts) : starts;
  }

  /** How many may be taken now, by one who would take one; Infinity where any number may. */
  get left(): number {
    const { stock } = this;
    if (stock < 1) this.#starts?.want?.();
    return stock;
  }

  /** As `left`, for one who only counts. */
  get stock(): number {
    return this.#starts?.left(this.#clock.nowMs()) ?? Number.POSITIVE_INFINITY;
  }

  /** Milliseconds until `count` more could have been taken, one after the other; null while unknown. */
  waitMs(count: number): number | null {
    return this.#starts === undefined ? 0 : this.#starts.waitMs(count, this.#clock.nowMs());
  }

  /** Spends a start, and a retry if the stream replaces one that failed; or spends nothing. */
  take(isRetry = false): boolean {
    if (this.left < 1) return false;
    if (isRetry && !this.#takeRetry()) return false;
    this.#starts?.take(this.#clock.nowMs());
    this.#save(RETRIES_A_START);
    if (this.stock < 1) this.#onSpent();
    return true;
  }

  /** A stream that spent a retry has been answered, for the first time. */
  answered(): void {
    this.#save(RETRIES_AN_ANSWER);
  }

  /** Calls `onSpent` within each take() after which none is left; for one listener. */
  watch(onSpent: () => void): void {
    this.#onSpent = onSpent;
  }

  #save(retries: number): void {
    this.#saved = Math.min(RETRIES_SAVED_MAX, this.#saved + retries);
  }

  #takeRetry(): boolean {
    if (this.#retries.take(this.#clock.nowMs())) return true;
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
