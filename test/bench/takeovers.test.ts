import { describe, expect, it } from 'vitest';
import type { FinalRule, TimedWord } from '../../bench/takeovers.ts';
import { latenessOf, spansOf, takeoversOf } from '../../bench/takeovers.ts';
import type { Ended } from '../emulator/emulator.ts';

const RULE: FinalRule = { pauseMs: 500, monologueMs: 4_000 };

/** 1..9: words of 400 ms every 500 ms from 1,000 ms on, in utterances of three with 700 ms between. */
const WORDS: readonly TimedWord[] = Array.from({ length: 9 }, (_, n) => {
  const startMs = 1_000 + n * 500 + Math.floor(n / 3) * 600;
  return { number: n + 1, startMs, endMs: startMs + 400 };
});

function ended(how: string, number: number, atMs: number, audioMs: number): Ended {
  return { nth: 1, how, openMs: audioMs, audioMs, firstWord: { number, atMs } };
}

describe('spansOf()', () => {
  it('places a stream by its first word, in the order of the audio', () => {
    const streams = [ended('OK', 4, 300, 2_000), ended('CANCELLED', 1, 1_000, 2_800)];
    expect(spansOf(streams, WORDS)).toEqual([
      { fromMs: 0, untilMs: 2_800, how: 'CANCELLED' },
      { fromMs: 2_800, untilMs: 4_800, how: 'OK' },
    ]);
  });

  it("leaves out streams of other sessions, and those that heard no word's beginning", () => {
    const deaf = { ...ended('OK', 1, 0, 100), firstWord: undefined };
    expect(spansOf([ended('OK', 77, 0, 100), deaf], WORDS)).toEqual([]);
  });
});

describe('takeoversOf()', () => {
  it('tells a cut in a pause, of which both hear the end, from one in speech, which both hear', () => {
    const spans = [
      { fromMs: 0, untilMs: 900, how: 'OK' },
      { fromMs: 750, untilMs: 2_000, how: 'OK' },
      { fromMs: 1_400, untilMs: 3_000, how: 'OK' },
    ];
    expect(takeoversOf(spans)).toEqual([
      { atMs: 750, kind: 'pause' },
      { atMs: 1_400, kind: 'speech' },
    ]);
  });

  it('is a failure when the old stream did not end well', () => {
    const spans = [
      { fromMs: 0, untilMs: 900, how: 'OUT_OF_RANGE' },
      { fromMs: 700, untilMs: 2_000, how: 'OK' },
    ];
    expect(takeoversOf(spans)).toEqual([{ atMs: 700, kind: 'failure' }]);
  });

  it('needs two streams', () => {
    expect(takeoversOf([])).toEqual([]);
    expect(takeoversOf([{ fromMs: 0, untilMs: 900, how: 'OK' }])).toEqual([]);
  });
});

describe('latenessOf()', () => {
  const last = { atMs: 9_000, numbers: [7, 8, 9] };

  it('counts from the pause after the utterance', () => {
    const finals = [{ atMs: 3_200, numbers: [1, 2, 3] }, last];
    expect(latenessOf(finals, WORDS, [], RULE)).toEqual([
      { side: 'away', lateMs: 300, sinceWordMs: 800 },
    ]);
  });

  it('counts from the bound on speech without a pause, where that comes before', () => {
    const finals = [{ atMs: 2_800, numbers: [1, 2] }, last];
    const [late] = latenessOf(finals, WORDS, [], { ...RULE, monologueMs: 1_500 });
    expect(late).toMatchObject({ lateMs: 300, sinceWordMs: 900 });
  });

  it('calls a final early that a cut has brought before its utterance was over', () => {
    const finals = [
      { atMs: 2_200, numbers: [1, 2] },
      { atMs: 3_300, numbers: [3] },
      { atMs: 5_300, numbers: [4, 5, 6] },
      last,
    ];
    expect(latenessOf(finals, WORDS, [{ atMs: 1_950, kind: 'speech' }], RULE)).toEqual([
      { side: 'last before speech', lateMs: -700, sinceWordMs: 300 },
      { side: 'first after speech', lateMs: 400, sinceWordMs: 900 },
      { side: 'away', lateMs: 300, sinceWordMs: 800 },
    ]);
  });

  it('counts a final twice that is all a stream said', () => {
    const finals = [{ atMs: 3_200, numbers: [1, 2, 3] }, { atMs: 5_300, numbers: [4, 5, 6] }, last];
    const takeovers = [
      { atMs: 2_800, kind: 'pause' },
      { atMs: 4_900, kind: 'pause' },
    ] as const;
    expect(latenessOf(finals, WORDS, takeovers, RULE).map(({ side }) => side)).toEqual([
      'last before pause',
      'first after pause',
      'last before pause',
    ]);
  });

  it('leaves out the last final of a session, and finals of words that nobody spoke', () => {
    expect(latenessOf([{ atMs: 100, numbers: [99] }, last], WORDS, [], RULE)).toEqual([]);
    expect(latenessOf([], WORDS, [], RULE)).toEqual([]);
  });
});
