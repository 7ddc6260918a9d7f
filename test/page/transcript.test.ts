import { describe, expect, it } from 'vitest';
import { Transcript } from '../../src/page/transcript.ts';
import type { Final } from '../../src/wire/message.ts';

function final(start: number, end: number, text: string, more: Partial<Final> = {}): Final {
  return { type: 'final', result: 1, start, end, text, settled: 1, settledMs: end, ...more };
}

describe('Transcript', () => {
  it('shows an interim until its final comes', () => {
    const transcript = new Transcript();
    transcript.begin(0);
    transcript.take({ type: 'interim', start: 0, end: 400, text: 'He was' });
    expect(transcript.interim).toEqual({ startMs: 0, text: 'He was' });
    const line = transcript.take(final(0, 900, ' He was not. ', { confidence: 0.9 }));
    expect(line).toMatchObject({ kind: 'final', text: 'He was not.', confidence: 0.9 });
    expect(transcript.interim).toBeUndefined();
    expect(transcript.lines).toEqual([line]);
  });

  it('counts the times of a session, its words too, from where it began on the page', () => {
    const transcript = new Transcript();
    transcript.begin(10_000);
    const words = [{ text: 'Yes', start: 100, end: 300, confidence: 0.5 }];
    expect(transcript.take(final(100, 300, 'Yes', { words }))).toMatchObject({
      startMs: 10_100,
      endMs: 10_300,
      words: [{ text: 'Yes', start: 10_100, end: 10_300, confidence: 0.5 }],
    });
    const gap = { type: 'gap', start: 300, end: 800, settled: 1, settledMs: 800 } as const;
    expect(transcript.take({ ...gap, reason: 'client' })).toEqual({
      kind: 'gap',
      startMs: 10_300,
      endMs: 10_800,
      reason: 'client',
    });
  });

  it('knows what is degraded, the language, and other readings', () => {
    const transcript = new Transcript();
    const alternatives = [{ text: ' Yeah ' }];
    const more = { degraded: true, language: 'en-us', alternatives } as const;
    expect(transcript.take(final(0, 1, 'Yes', more))).toMatchObject({
      degraded: true,
      language: 'en-us',
      alternatives: ['Yeah'],
    });
  });

  it('takes no line from what is none, and begins anew when cleared', () => {
    const transcript = new Transcript();
    expect(transcript.take({ type: 'queued', position: 1, etaMs: null })).toBeUndefined();
    transcript.take(final(0, 1, 'Yes'));
    transcript.clear();
    expect(transcript.lines).toEqual([]);
  });
});
