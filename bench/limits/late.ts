/**
 * Late: how long after it was due each final came, and how sure a ratio of such times is (pure).
 *
 * A final is due when its speaker has sent the pause that ends it. What the recognizer takes from
 * there on is in the lateness too.
 */
import type { PlacedWord } from '../../test/emulator/voice.ts';
import { quantile } from '../quantile.ts';
import type { PhoneFinal } from './phone.ts';

/** What was said, how, and what came of it. */
export interface Said {
  readonly words: readonly PlacedWord[];
  readonly rate: number;
  readonly frameMs: number;
  /** When the first sample was recorded. */
  readonly fromMs: number;
  readonly finals: readonly PhoneFinal[];
}

/** Finals of words that nobody spoke are left out, and those that `finish` brought before their pause. */
export function latenessOf(
  said: Said,
  pauseMs: number,
  untilMs = Number.POSITIVE_INFINITY,
): number[] {
  const { words, rate, frameMs, fromMs, finals } = said;
  const ends = new Map(words.map(({ number, endSample }) => [number, (endSample * 1000) / rate]));
  return finals.flatMap(({ atMs, numbers }) => {
    const endMs = ends.get(numbers.at(-1) ?? -1);
    if (endMs === undefined) return [];
    // A frame is sent once its last sample is recorded.
    const dueMs = Math.ceil((endMs + pauseMs) / frameMs) * frameMs;
    return dueMs > untilMs ? [] : [atMs - fromMs - dueMs];
  });
}

/** Two kinds of rounds, in turn. */
export interface Compared {
  readonly usualP99Ms: number | undefined;
  readonly otherP99Ms: number | undefined;
  /** The other's beyond the usual, as a share of that: 0.1 is 10 %. */
  readonly excess: number | undefined;
  /** The widest difference among the usual rounds, as a share: what is no effect of anything. */
  readonly noise: number | undefined;
}

/** By the 99th percentile of all values of a kind; the noise by that of each round. */
export function compare(usual: readonly number[][], other: readonly number[][]): Compared {
  const p99 = (values: readonly number[]): number | undefined => quantile(values, 0.99);
  const usualP99Ms = p99(usual.flat());
  const otherP99Ms = p99(other.flat());
  const rounds = usual.flatMap((values) => p99(values) ?? []);
  const isKnown = usualP99Ms !== undefined && usualP99Ms > 0;
  return {
    usualP99Ms,
    otherP99Ms,
    excess: isKnown && otherP99Ms !== undefined ? otherP99Ms / usualP99Ms - 1 : undefined,
    noise:
      isKnown && rounds.length > 1
        ? (Math.max(...rounds) - Math.min(...rounds)) / usualP99Ms
        : undefined,
  };
}
