import { describe, expect, it } from 'vitest';
import type { Final, ServerMessage } from '../../src/wire/message.ts';
import type { PlacedWord } from '../emulator/voice.ts';
import { verdictOf } from './verdict.ts';

/** Words of 200 ms, one a second, at 8 kHz. */
const WORDS: PlacedWord[] = [1, 2, 3].map((number) => ({
  number,
  startSample: number * 8_000,
  endSample: number * 8_000 + 1_600,
}));

function final(...numbers: number[]): Final {
  const words = numbers.map((number) => ({
    text: `${number}`,
    start: number * 1_000,
    end: number * 1_000 + 200,
  }));
  const text = numbers.join(' ');
  return { type: 'final', result: 1, start: 0, end: 0, text, words, settled: 0, settledMs: 0 };
}

function judged(...heard: ServerMessage[]): string[] {
  return verdictOf({ heard, words: WORDS, sampleRateHertz: 8_000, sentMs: 4_000 });
}

describe('verdictOf()', () => {
  it('finds nothing wrong when every word came once, in order and in its place', () => {
    expect(judged(final(1, 2), final(3))).toEqual([]);
  });

  it('misses a word that no gap excuses', () => {
    const gap = { type: 'gap', reason: 'upstream', settled: 0, settledMs: 0 } as const;
    expect(judged(final(1, 3))).toEqual(['word 2 at 2000 ms is missing']);
    expect(judged(final(1), { ...gap, start: 2_100, end: 2_150 }, final(3))).toEqual([]);
    expect(judged(final(1), { ...gap, start: 1_000, end: 2_000 }, final(3))).toHaveLength(1);
  });

  it('misses no word across the end of a final that is marked degraded', () => {
    expect(judged({ ...final(1), end: 2_100, degraded: true }, final(3))).toEqual([]);
    expect(judged({ ...final(1), end: 2_100 }, final(3))).toHaveLength(1);
    expect(judged({ ...final(1), end: 2_200, degraded: true }, final(3))).toHaveLength(1);
    expect(judged({ ...final(1), end: 2_000, degraded: true }, final(3))).toHaveLength(1);
  });

  it('misses no word that a session left unsettled when it ended', () => {
    const error = {
      type: 'error',
      code: 'upstream_rejected',
      message: '',
      retryable: true,
    } as const;
    expect(judged(final(1), { ...error, from: 2_100, to: 4_000 })).toEqual([]);
    expect(judged(final(1), { ...error, from: 2_300, to: 4_000 })).toHaveLength(1);
    expect(judged(final(1, 2), error)).toHaveLength(1);
  });

  it('sees words that came twice, out of order, from nowhere or in a wrong place', () => {
    expect(judged(final(1, 2), final(2, 3))).toEqual(['word 2 came again']);
    expect(judged(final(2), final(1, 3))).toEqual(['word 1 came after later ones']);
    expect(judged(final(1, 2, 3, 9))).toEqual(['word 9 was never said']);
    const words = [{ text: '2', start: 2_051, end: 2_200 }];
    expect(judged({ ...final(1, 2, 3), words })).toEqual(['word 2 is said to be at 2051 ms']);
  });
});
