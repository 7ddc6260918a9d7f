import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cuesOf, jsonOf, srtOf, textOf, vttOf } from '../../src/page/subtitles.ts';
import type { FinalLine, Line } from '../../src/page/transcript.ts';

function line(startMs: number, endMs: number, text: string, more: Partial<FinalLine> = {}): Line {
  const rest = { confidence: undefined, degraded: false, language: undefined };
  return { kind: 'final', startMs, endMs, text, ...rest, words: [], alternatives: [], ...more };
}

const LINES: Line[] = [
  line(0, 2_960, 'He was not.'),
  { kind: 'gap', startMs: 2_960, endMs: 4_000, reason: 'client' },
  line(4_000, 4_000, ''),
  line(4_000, 5_500, '2 < 3 & 4'),
];

describe('what is saved', () => {
  it('is one final a line as text', () => {
    expect(textOf(LINES)).toBe('He was not.\n2 < 3 & 4\n');
  });

  it('is numbered cues as SRT', () => {
    expect(srtOf(LINES)).toBe(
      '1\n00:00:00,000 --> 00:00:02,960\nHe was not.\n\n2\n00:00:04,000 --> 00:00:05,500\n2 < 3 & 4\n',
    );
  });

  it('is cues as VTT, with what has a meaning there escaped', () => {
    expect(vttOf(LINES)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:02.960\nHe was not.\n\n00:00:04.000 --> 00:00:05.500\n2 &lt; 3 &amp; 4\n',
    );
  });

  it('is everything as JSON', () => {
    expect(JSON.parse(jsonOf(LINES))).toMatchObject({
      unit: 'ms',
      lines: JSON.parse(JSON.stringify(LINES)),
    });
  });
});

describe('cuesOf()', () => {
  it('cuts a long final by the times of its words where there are some', () => {
    const words = Array.from({ length: 30 }, (_, i) => ({
      text: 'word',
      start: i * 1_000,
      end: i * 1_000 + 400,
    }));
    const cues = cuesOf([line(0, 30_000, 'not looked at', { words })]);
    expect(cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 6_400],
      [7_000, 13_400],
      [14_000, 20_400],
      [21_000, 27_400],
      [28_000, 29_400],
    ]);
  });

  it('cuts at a pause', () => {
    const words = [
      { text: 'one', start: 0, end: 400 },
      { text: 'two', start: 1_500, end: 1_900 },
      { text: 'three', start: 2_000, end: 2_400 },
    ];
    expect(cuesOf([line(0, 3_000, 'one two three', { words })]).map(({ text }) => text)).toEqual([
      'one',
      'two three',
    ]);
  });

  it('cuts a language without blanks between its words, and joins them as the text does', () => {
    const said = '今日はとても天気がいいですね。'.repeat(12);
    const cues = cuesOf([line(0, 30_000, said)]);
    expect(cues.length).toBeGreaterThan(4);
    expect(cues.map(({ text }) => text).join('')).toBe(said);
    expect(Math.max(...cues.map(({ startMs, endMs }) => endMs - startMs))).toBeLessThanOrEqual(
      7_000,
    );
    const words = [
      { text: '今日', start: 0, end: 400 },
      { text: 'は', start: 400, end: 600 },
    ];
    expect(cuesOf([line(0, 600, '今日は', { words })])[0]?.text).toBe('今日は');
  });

  it('gives a final without length a cue that is shown', () => {
    expect(cuesOf([line(500, 500, 'oh')])).toEqual([{ startMs: 500, endMs: 501, text: 'oh' }]);
  });

  it('loses no word, keeps the order, and stays within the final but for 1 ms a cue', () => {
    const text = fc.array(fc.string({ unit: 'grapheme-ascii' }), { maxLength: 60 });
    fc.assert(
      fc.property(text, fc.nat(30_000), (parts, lengthMs) => {
        const said = parts.join(' ').trim();
        const cues = cuesOf([line(1_000, 1_000 + lengthMs, said)]);
        expect(cues.map((cue) => cue.text).join(' ')).toBe(said.split(/\s+/).join(' '));
        let atMs = 1_000;
        for (const { startMs, endMs } of cues) {
          expect(startMs).toBeGreaterThanOrEqual(atMs);
          expect(endMs).toBeGreaterThan(startMs);
          atMs = endMs;
        }
        expect(atMs).toBeLessThanOrEqual(1_000 + lengthMs + cues.length);
      }),
    );
  });
});
