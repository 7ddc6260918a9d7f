/**
 * Bucket: so much a second, and for a while more at once (pure).
 */

/** So many seconds' worth may come at once: what a phone has kept comes back in one go. */
const BURST_S = 20;
/** How long it takes an empty bucket to be full again, in milliseconds. */
export const FULL_MS = BURST_S * 1_000;

export class Bucket {
  readonly perSecond: number;
  #left: number;
  #atMs: number;

  /** `perSecond` may be Infinity. */
  constructor(perSecond: number, nowMs: number) {
    this.perSecond = perSecond;
    this.#left = perSecond * BURST_S;
    this.#atMs = nowMs;
  }

  /** Whether it is ever empty. */
  get isBounded(): boolean {
    return this.perSecond < Number.POSITIVE_INFINITY;
  }

  /** Whether there is room for `amount`; only then it is taken. */
  take(amount: number, nowMs: number): boolean {
    if (!this.isBounded) return true;
    this.#fill(nowMs);
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }

  /** Takes `amount`, room or not: what is more than there was has to come in before anything else is taken. */
  owe(amount: number, nowMs: number): void {
    if (!this.isBounded) return;
    this.#fill(nowMs);
    this.#left -= amount;
  }

  #fill(nowMs: number): void {
    const gained = ((nowMs - this.#atMs) / 1_000) * this.perSecond;
    this.#left = Math.min(this.perSecond * BURST_S, this.#left + gained);
    this.#atMs = nowMs;
  }
}
