/**
 * Random: numbers that a seed repeats.
 *
 * Nothing in the emulator draws from anywhere else, so a run that failed runs again as it was.
 */

/** Answers 0 <= n < 1. */
export type Random = () => number;

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Evenly from `low` up to, not including, `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}
