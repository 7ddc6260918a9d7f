/**
 * Goodput: of the slots, how much was held by sessions that were heard while others waited (pure).
 */

/** What a server said at one moment. */
export interface SlotLook {
  readonly atMs: number;
  readonly used: number;
  readonly limit: number;
  /** Sessions that waited. */
  readonly depth: number;
}

/** A stream that has ended. */
export interface HeldStream {
  readonly openMs: number;
  readonly isHeard: boolean;
}

export interface Goodput {
  /** How long somebody waited, in s. */
  readonly waitedS: number;
  /** Slots held in that time, of all that there were: 0..1. */
  readonly held: number | undefined;
  /** Of the time that streams were open, how much those were that heard somebody: 0..1. */
  readonly heard: number | undefined;
  /** Both together. */
  readonly goodput: number | undefined;
}

/** Between two looks all was as at the first; a look at which nobody waits counts for nothing. */
export function goodputOf(looks: readonly SlotLook[], streams: readonly HeldStream[]): Goodput {
  const sums = { waitedMs: 0, usedMs: 0, limitMs: 0 };
  for (const [n, { atMs, used, limit, depth }] of looks.entries()) {
    const untilMs = looks[n + 1]?.atMs;
    if (untilMs === undefined || depth === 0) continue;
    sums.waitedMs += untilMs - atMs;
    sums.usedMs += Math.min(used, limit) * (untilMs - atMs);
    sums.limitMs += limit * (untilMs - atMs);
  }
  const openMs = (of: readonly HeldStream[]): number =>
    of.reduce((total, stream) => total + stream.openMs, 0);
  const allMs = openMs(streams);
  const held = sums.limitMs === 0 ? undefined : sums.usedMs / sums.limitMs;
  const heard = allMs === 0 ? undefined : openMs(streams.filter((each) => each.isHeard)) / allMs;
  const goodput = held === undefined || heard === undefined ? undefined : held * heard;
  return { waitedS: sums.waitedMs / 1000, held, heard, goodput };
}
