import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewResampler } from '../../../src/speech/embedded/pcm.ts';
import { Pcm } from '../../../src/speech/embedded/pcm.ts';
import { MODEL_RATE } from '../../../src/speech/embedded/segmenter.ts';
import { loadSherpa } from '../../../src/speech/embedded/sherpa.ts';

const native: NewResampler = (fromRate, toRate) =>
  new (loadSherpa().LinearResampler)(fromRate, toRate);

const sine = (rate: number, seconds: number): Uint8Array => {
  const samples = new Int16Array(rate * seconds);
  for (let i = 0; i < samples.length; i += 1) {
    samples[i] = Math.round(16_384 * Math.sin((2 * Math.PI * 440 * i) / rate));
  }
  return new Uint8Array(samples.buffer);
};

describe('Pcm', () => {
  it('reads LINEAR16 as little endian, from any offset', () => {
    const bytes = Uint8Array.of(9, 0x00, 0x40, 0x00, 0x80, 0xff, 0x7f).subarray(1);
    const samples = new Pcm('LINEAR16', MODEL_RATE, native).take(bytes);
    expect([...samples]).toEqual([0.5, -1, 32_767 / 32_768]);
  });

  it('reads MULAW by the table of G.711', () => {
    const samples = new Pcm('MULAW', MODEL_RATE, native).take(
      Uint8Array.of(0xff, 0x7f, 0x80, 0x00, 0xf0, 0x8f),
    );
    // The values of ITU-T G.711, scaled to 16 bits.
    expect([...samples].map((sample) => sample * 32_768)).toEqual([
      0, -0, 32_124, -32_124, 120, 16_764,
    ]);
  });

  it('counts what it took in samples of the stream', () => {
    const pcm = new Pcm('MULAW', 8_000, native);
    pcm.take(new Uint8Array(100));
    expect(pcm.taken).toBe(100);
  });

  it.each([8_000, 11_025, 22_050, 44_100, 48_000])(
    'resamples %i Hz to 16 kHz without a change of pitch',
    (rate) => {
      const pcm = new Pcm('LINEAR16', rate, native);
      const bytes = sine(rate, 1);
      const parts: number[] = [];
      for (let at = 0; at < bytes.byteLength; at += 1_234)
        parts.push(...pcm.take(bytes.subarray(at, at + 1_234)));
      parts.push(...pcm.finish());
      expect(Math.abs(parts.length - MODEL_RATE)).toBeLessThanOrEqual(1);
      const inside = parts.slice(100, -100);
      const errors = inside.map((sample, i) =>
        Math.abs(sample - 0.5 * Math.sin((2 * Math.PI * 440 * (i + 100)) / MODEL_RATE)),
      );
      expect(Math.max(...errors)).toBeLessThan(0.01);
    },
  );

  it('owes nothing at 16 kHz', () => {
    const pcm = new Pcm('LINEAR16', MODEL_RATE, native);
    expect(pcm.take(new Uint8Array(64))).toHaveLength(32);
    expect(pcm.finish()).toHaveLength(0);
  });

  it('places ends in order, within what was taken, and the last at its end', () => {
    const rate = fc.integer({ min: 8_000, max: 48_000 });
    const sizes = fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 20 });
    fc.assert(
      fc.property(rate, sizes, (sampleRate, chunks) => {
        const pcm = new Pcm('MULAW', sampleRate, native);
        let given = 0;
        let last = 0;
        const check = (): void => {
          const place = pcm.place(given);
          expect(place).toBeGreaterThanOrEqual(last);
          expect(place).toBeLessThanOrEqual(pcm.taken);
          last = place;
        };
        for (const size of chunks) {
          given += pcm.take(new Uint8Array(size)).length;
          check();
        }
        given += pcm.finish().length;
        check();
        expect(last).toBe(pcm.taken);
      }),
      { numRuns: 50 },
    );
  });

  it('places an end to the nearest sample', () => {
    const pcm = new Pcm('MULAW', 44_100, native);
    pcm.take(new Uint8Array(44_100));
    expect([0, 1, 8_000].map((at) => pcm.place(at))).toEqual([0, 3, 22_050]);
  });
});
