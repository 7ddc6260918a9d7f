import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FRAME_BYTES_MAX,
  msOf,
  SAMPLE_BYTES,
  SUBPROTOCOL,
  samplesOf,
  TEXT_BYTES_MAX,
} from '../../src/wire/limits.ts';

describe('limits of the wire', () => {
  it('lets the largest frame through as base64, with room for its id', () => {
    const content = 'A'.repeat(4 * Math.ceil(FRAME_BYTES_MAX / 3));
    const message = { type: 'audio', content, audio_id: '\u0001'.repeat(128) };
    expect(JSON.stringify(message).length).toBeLessThanOrEqual(TEXT_BYTES_MAX);
  });

  it('has whole samples in the largest frame', () => {
    for (const bytes of Object.values(SAMPLE_BYTES)) expect(FRAME_BYTES_MAX % bytes).toBe(0);
  });

  it('speaks the first version', () => {
    expect(SUBPROTOCOL).toBe('earshot.v1');
  });
});

describe('msOf() and samplesOf()', () => {
  it.each([
    [0, 8_000, 0],
    [7, 8_000, 0],
    [8, 8_000, 1],
    [11_024, 11_025, 999],
    [11_025, 11_025, 1_000],
    [44_100 * 86_400, 44_100, 86_400_000],
  ])('place %i at %i Hz at %i ms', (samples, rate, ms) => {
    expect(msOf(samples, rate)).toBe(ms);
  });

  it('are exact at every rate: whole seconds, and no duration that grows by being converted', () => {
    const rate = fc.integer({ min: 8_000, max: 48_000 });
    fc.assert(
      fc.property(rate, fc.integer({ min: 0, max: 86_400_000 }), (hertz, ms) => {
        const exact = Number((BigInt(ms) * BigInt(hertz)) / 1000n);
        expect(samplesOf(ms, hertz)).toBe(exact);
        expect(msOf(exact, hertz)).toBeLessThanOrEqual(ms);
        expect(msOf(exact + 1, hertz)).toBeGreaterThanOrEqual(ms);
      }),
    );
  });
});
