import { describe, expect, it } from 'vitest';
import type { Run } from '../../bench/rotation-figures.ts';
import { figuresOf, targetsOf } from '../../bench/rotation-figures.ts';
import type { TimedFinal, TimedWord } from '../../bench/takeovers.ts';
import type { Talk } from '../../bench/talker.ts';
import type { Ended, Report } from '../emulator/emulator.ts';

const SUMMARY = {
  type: 'summary',
  receivedMs: 5_000,
  transcribedMs: 5_000,
  silentMs: 0,
  droppedMs: {},
  releasedMs: 0,
  missingMs: 0,
  replayedMs: 0,
  billedMs: 6_000,
  streams: 3,
  results: 5,
} as const;

/** 1..5: 400 ms each, from 0, 1,000, 2,000 ... ms on. */
const WORDS: readonly TimedWord[] = [1, 2, 3, 4, 5].map((number) => {
  const startMs = (number - 1) * 1_000;
  return { number, startMs, endMs: startMs + 400 };
});

/** A final a word, 300 ms after it was due. */
const FINALS: readonly TimedFinal[] = WORDS.map(({ number, endMs }) => {
  return { atMs: endMs + 800, numbers: [number] };
});

const ENDED: readonly Ended[] = [
  { nth: 1, how: 'OK', openMs: 2_000, audioMs: 1_700, firstWord: { number: 1, atMs: 0 } },
  { nth: 2, how: 'OK', openMs: 2_000, audioMs: 1_500, firstWord: { number: 3, atMs: 300 } },
  { nth: 3, how: 'CANCELLED', openMs: 2_000, audioMs: 2_000, firstWord: { number: 4, atMs: 200 } },
];

function runOf(talk: Partial<Talk> = {}, report: Partial<Report> = {}): Run {
  return {
    talks: [{ words: WORDS, finals: FINALS, gaps: 0, summary: SUMMARY, ...talk }],
    ended: ENDED,
    report: {
      starts: 3,
      refused: 0,
      openMax: 2,
      open: [],
      billedMs: 6_000,
      audioMs: 5_200,
      wordsHeard: 5,
      oversized: 0,
      faults: {},
      ends: { OK: 2, CANCELLED: 1 },
      ...report,
    },
    rule: { pauseMs: 500, monologueMs: 60_000 },
  };
}

function failing(run: Run): string[] {
  return targetsOf(figuresOf(run))
    .filter(({ holds }) => !holds)
    .map(({ what }) => what);
}

describe('figuresOf()', () => {
  it('counts words, streams, rotations by kind, and what was heard twice', () => {
    expect(figuresOf(runOf())).toMatchObject({
      sessions: 1,
      spoken: 5,
      lost: 0,
      streams: 3,
      rotations: { pause: 1, speech: 1, failure: 0 },
      overlapP50Ms: 400,
      spokenSeconds: 5,
      heardSeconds: 5.2,
      billedSeconds: 6,
    });
  });

  it('compares finals at a rotation with the median of those away from one', () => {
    const finals = FINALS.map(({ atMs, numbers }, n) => ({ atMs: atMs + n * 10, numbers }));
    const { sides } = figuresOf(runOf({ finals }));
    expect(sides.map(({ side, finals: count, extraMs }) => [side, count, extraMs.p99])).toEqual([
      ['away', 1, 0],
      ['at a rotation', 4, 30],
      ['last before pause', 1, 10],
      ['first after pause', 1, 20],
      ['last before speech', 1, 20],
      ['first after speech', 1, 30],
    ]);
  });
});

describe('targetsOf()', () => {
  it('holds when nothing was wrong', () => {
    expect(failing(runOf())).toEqual([]);
  });

  it('fails for words that are lost, doubled, swapped or never spoken', () => {
    const numbers = [1, 3, 2, 3, 99, 5];
    const finals = numbers.map((number, n) => ({ atMs: n * 1_000, numbers: [number] }));
    expect(failing(runOf({ finals }))).toEqual(
      expect.arrayContaining([
        'words lost',
        'words doubled',
        'words swapped',
        'words heard that nobody spoke',
      ]),
    );
  });

  it('fails for a session without a summary', () => {
    const run = runOf({ summary: new Error('the connection was lost') });
    expect(failing(run)).toEqual(['sessions without a summary']);
  });

  it('fails for streams that are left open, or that a limit ended', () => {
    const open = [{ nth: 3, openMs: 1, audioMs: 1 }];
    expect(failing(runOf({}, { open, ends: { OK: 1, OUT_OF_RANGE: 1 } }))).toEqual([
      'streams left open',
      'streams that failed or came to their limit',
    ]);
  });

  it('fails for finals at a rotation that are more than 150 ms later than others', () => {
    const lateBy = (ms: number): Run =>
      runOf({
        finals: FINALS.map((each, n) => (n === 3 ? { ...each, atMs: each.atMs + ms } : each)),
      });
    expect(failing(lateBy(150))).toEqual([]);
    expect(failing(lateBy(151))).toEqual(['extra final latency at a rotation, p99, ms']);
  });

  it('fails when there was no rotation to measure', () => {
    expect(failing({ ...runOf(), ended: [] })).toEqual([
      'rotations in a pause',
      'rotations in speech',
      'extra final latency at a rotation, p99, ms',
    ]);
  });
});
