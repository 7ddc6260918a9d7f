/**
 * Limit: how many streams a quota that nobody tells us lets us have (pure).
 *
 * When it refuses one, down to a tenth below the streams that there are: what the limit allowed beyond
 * them was never tried. A burst of refusals is one: it takes no tenth of a tenth, but those that come
 * later in it see how many streams are left. Up by one with each that is served while all are in use, and
 * never above what the configuration says.
 */
import { reserveOf } from './overlaps.ts';

/** A tenth less at most this often, in milliseconds; nor does it rise sooner after. */
const STEP_MS = 3_000;
const SHARE_LEFT = 0.9;

export class StreamLimit {
  readonly #max: number;
  #limit: number;
  #loweredMs = Number.NEGATIVE_INFINITY;

  /** `max` is what the configuration says; 0 and more. */
  constructor(max: number) {
    this.#max = max;
    this.#limit = max;
  }

  get value(): number {
    return this.#limit;
  }

  /** A stream was refused for the quota, which was the last of `streams`. */
  refused(nowMs: number, streams: number): void {
    const isFirst = nowMs - this.#loweredMs >= STEP_MS;
    if (isFirst) this.#loweredMs = nowMs;
    const tried = isFirst ? Math.min(this.#limit, streams) : streams;
    const left = Math.max(1, Math.floor(tried * SHARE_LEFT));
    this.#limit = Math.min(this.#limit, left);
  }

  /** A stream was served, one of `streams`. */
  served(nowMs: number, streams: number): void {
    if (nowMs - this.#loweredMs < STEP_MS) return;
    const isFull = streams >= this.#limit - reserveOf(this.#limit);
    if (isFull) this.#limit = Math.min(this.#max, this.#limit + 1);
  }
}
