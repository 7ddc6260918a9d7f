/**
 * Gaps: what of a gap the app hasn't seen yet.
 *
 * A gap has no number: it is known by its times, and after a resume it may come again, alone or as
 * one with its neighbours. Knows times of one session only.
 */

/** Session time in ms, from `start` on and before `end`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Beyond the settled audio there are seldom more than a few; at the bound the oldest is forgotten. */
const STRETCHES_MAX = 1_000;

export class Gaps {
  /** By their start. */
  #seen: Stretch[] = [];

  /** The parts that weren't seen before, in order; from now on they were. */
  take(gap: Stretch): Stretch[] {
    const fresh = this.#unseen(gap);
    this.#seen.push(...fresh);
    this.#seen.sort((a, b) => a.start - b.start);
    if (this.#seen.length > STRETCHES_MAX) this.#seen.splice(0, this.#seen.length - STRETCHES_MAX);
    return fresh;
  }

  /** All before `settledMs` was seen, so what comes of it comes again. */
  settle(settledMs: number): void {
    this.#seen = this.#seen.filter(({ end }) => end >= settledMs);
    this.#seen.unshift({ start: 0, end: settledMs });
  }

  #unseen({ start, end }: Stretch): Stretch[] {
    // A gap shorter than a millisecond has no length on the wire.
    if (start === end)
      return this.#seen.some((seen) => hasPoint(seen, start)) ? [] : [{ start, end }];
    const fresh: Stretch[] = [];
    let at = start;
    for (const seen of this.#seen) {
      if (seen.start >= end) break;
      if (seen.start > at) fresh.push({ start: at, end: seen.start });
      at = Math.max(at, seen.end);
    }
    if (at < end) fresh.push({ start: at, end });
    return fresh;
  }
}

function hasPoint({ start, end }: Stretch, at: number): boolean {
  return start === end ? start === at : start < at && at < end;
}
