/**
 * Limit: how many streams a quota that nobody tells us lets us have (pure).
 *
 * Down by a tenth when it refuses one, up by one with each that it serves, and never above what the
 * configuration says. A burst of refusals is one: it lowers the limit once in a few seconds.
 */

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

  /** A stream was refused for the quota. */
  refused(nowMs: number): void {
    if (nowMs - this.#loweredMs < STEP_MS) return;
    this.#loweredMs = nowMs;
    this.#limit = Math.min(this.#max, Math.max(1, Math.floor(this.#limit * SHARE_LEFT)));
  }

  /** A stream was served. */
  served(nowMs: number): void {
    if (nowMs - this.#loweredMs >= STEP_MS) this.#limit = Math.min(this.#max, this.#limit + 1);
  }
}
