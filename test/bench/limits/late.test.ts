import { describe, expect, it } from 'vitest';
import { compare, latenessOf } from '../../../bench/limits/late.ts';

/** At 8 samples a ms: words that end at 300 ms and at 1,050 ms. */
const WORDS = [
  { number: 1, startSample: 0, endSample: 1_200 },
  { number: 2, startSample: 1_600, endSample: 2_400 },
  { number: 3, startSample: 8_000, endSample: 8_400 },
];
const SAID = { words: WORDS, rate: 8_000, frameMs: 100, fromMs: 10_000 };

describe('latenessOf()', () => {
  it('counts from the frame that brings the end of the pause', () => {
    const finals = [
      { atMs: 10_850, numbers: [1, 2] },
      { atMs: 11_700, numbers: [3] },
    ];
    expect(latenessOf({ ...SAID, finals }, 500)).toEqual([50, 100]);
  });

  it('leaves out what nobody spoke, and what was due after the end', () => {
    const finals = [
      { atMs: 10_850, numbers: [9] },
      { atMs: 10_850, numbers: [] },
      { atMs: 11_700, numbers: [3] },
    ];
    expect(latenessOf({ ...SAID, finals }, 500, 1_000)).toEqual([]);
  });
});

describe('compare()', () => {
  const flat = (value: number): number[] => new Array<number>(100).fill(value);

  it('holds the other kind against the usual one, and the usual rounds against each other', () => {
    const { excess, noise, ...p99s } = compare([flat(100), flat(80)], [flat(110), flat(90)]);
    expect(p99s).toEqual({ usualP99Ms: 100, otherP99Ms: 110 });
    expect(excess).toBeCloseTo(0.1);
    expect(noise).toBeCloseTo(0.2);
  });

  it('knows nothing without values, and no noise from a single round', () => {
    expect(compare([[]], [[1]])).toEqual({
      usualP99Ms: undefined,
      otherP99Ms: 1,
      excess: undefined,
      noise: undefined,
    });
    expect(compare([[1]], [[1]]).noise).toBeUndefined();
  });
});
