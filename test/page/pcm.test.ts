import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, loudnessOf, pcmOf, peakOf, RATE_MAX, thinningOf } from '../../src/page/pcm.ts';

describe('pcmOf()', () => {
  it('gives back exactly what was 16 bits before', () => {
    fc.assert(
      fc.property(fc.int16Array(), (pcm) => {
        expect(pcmOf(Float32Array.from(pcm, (value) => value / 32_768))).toEqual(pcm);
      }),
    );
  });

  it('cuts off what is too loud', () => {
    expect([...pcmOf(Float32Array.of(1.5, 1, -1, -1.5))]).toEqual([
      32_767, 32_767, -32_768, -32_768,
    ]);
  });

  it('thins a device that has more samples than we serve, by their mean', () => {
    expect(thinningOf(44_100)).toBe(1);
    expect(thinningOf(48_000)).toBe(1);
    expect(thinningOf(96_000)).toBe(2);
    expect(192_000 / thinningOf(192_000)).toBe(RATE_MAX);
    expect([...pcmOf(Float32Array.of(0.25, 0.75, 0.5, 0.5, 1), 2)]).toEqual([16_384, 16_384]);
  });
});

describe('bytesOf()', () => {
  it('is little-endian on every machine', () => {
    expect([...bytesOf(Int16Array.of(1, -2))]).toEqual([1, 0, 254, 255]);
  });
});

describe('loudnessOf()', () => {
  it('is 0 for silence, 1 for full scale, and even for the ear between', () => {
    expect(loudnessOf(peakOf(new Int16Array(10)))).toBe(0);
    expect(loudnessOf(peakOf(Int16Array.of(3, -32_768)))).toBe(1);
    expect(loudnessOf(10 ** (-30 / 20))).toBeCloseTo(0.5);
    expect(loudnessOf(0.000_01)).toBe(0);
  });
});
