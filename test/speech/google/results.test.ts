import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SaidFinal } from '../../../src/speech/google/response.ts';
import type { Bounds } from '../../../src/speech/google/results.ts';
import { finalFor, interimFor } from '../../../src/speech/google/results.ts';
import { CONFIG } from './rigs.ts';

const BOUNDS: Bounds = {
  finalEnd: 1_000,
  now: 5_000,
  settled: 1_500,
  speechFrom: 2_000,
  place: (sent) => Math.min(sent, 5_000),
};
const FINAL: SaidFinal = { text: 'a', end: 4_000, words: [], others: [], language: undefined };
const word = (from: number | undefined, end: number | undefined) => ({ text: 'a', from, end });

describe('finalFor()', () => {
  it('begins with its first word, else with what nothing else has settled', () => {
    const start = (part: Partial<SaidFinal>, bounds: Partial<Bounds> = {}): number =>
      finalFor({ ...FINAL, ...part }, CONFIG, { ...BOUNDS, ...bounds }).startSample;
    expect(start({ words: [word(2_500, 3_000)] })).toBe(2_500);
    expect(start({ words: [word(900, 3_000)] })).toBe(1_000);
    expect(start({})).toBe(1_500);
    expect(start({}, { settled: 4_500 })).toBe(1_000);
  });

  it('ends where Google says, else with its last word, else with what was sent', () => {
    const end = (part: object): number => finalFor({ ...FINAL, ...part }, CONFIG, BOUNDS).endSample;
    expect(end({})).toBe(4_000);
    expect(end({ end: 9_000 })).toBe(5_000);
    expect(end({ end: undefined, words: [word(2_000, 3_000)] })).toBe(3_000);
    expect(end({ end: undefined })).toBe(5_000);
  });

  it('carries no words when one of them has no end', () => {
    const words = [word(2_000, 2_500), word(2_500, undefined)];
    expect(finalFor({ ...FINAL, words }, CONFIG, BOUNDS)).not.toHaveProperty('words');
  });

  it('begins a word that has no start with the final, as Google may leave out a zero', () => {
    const words = [word(undefined, 2_000), word(2_000, 3_000)];
    const bounds = { ...BOUNDS, finalEnd: 0, settled: 0 };
    expect(finalFor({ ...FINAL, words }, CONFIG, bounds)).toMatchObject({
      startSample: 0,
      words: [
        { startSample: 0, endSample: 2_000 },
        { startSample: 2_000, endSample: 3_000 },
      ],
    });
  });

  it('writes the language as the session did', () => {
    const languages = ['de-DE', 'en-US'];
    const of = (language: string) =>
      finalFor({ ...FINAL, language }, { ...CONFIG, languages }, BOUNDS).language;
    expect([of('en-us'), of('fr-fr')]).toEqual(['en-US', 'fr-fr']);
  });

  it('keeps words in order and inside, whatever the times', () => {
    const place = fc.integer({ min: 0, max: 9_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place)), place, (times, end) => {
        const words = times.map(([from, to]) => word(from, to));
        const final = finalFor({ ...FINAL, words, end }, CONFIG, BOUNDS);
        expect(final.startSample).toBeGreaterThanOrEqual(1_000);
        expect(final.endSample).toBeLessThanOrEqual(5_000);
        const order = (final.words ?? []).flatMap(({ startSample, endSample }) => [
          startSample,
          endSample,
        ]);
        const all = [final.startSample, ...order, final.endSample];
        expect(all).toEqual(all.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('interimFor()', () => {
  it('begins where somebody began to speak, and never after its end', () => {
    expect(interimFor({ text: 'a', end: 3_000, stability: 0.5 }, BOUNDS)).toEqual({
      startSample: 2_000,
      endSample: 3_000,
      text: 'a',
      stability: 0.5,
    });
    expect(interimFor({ text: 'a', end: 1_200 }, BOUNDS)).toMatchObject({
      startSample: 1_200,
      endSample: 1_200,
    });
    expect(interimFor({ text: 'a', end: undefined }, BOUNDS).endSample).toBe(5_000);
  });
});
