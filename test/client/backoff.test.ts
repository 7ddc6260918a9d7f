import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../src/client/backoff.ts';

const LIMITS = { retryMsMin: 500, retryMsMax: 10_000, giveUpMsMax: 600_000 };

describe('Backoff', () => {
  it('doubles up to its bound, each wait from half of that on, the first from nothing on', () => {
    const low = new Backoff(LIMITS, () => 0);
    const high = new Backoff(LIMITS, () => 1 - Number.EPSILON);
    const lows = Array.from({ length: 7 }, () => low.next(0)?.waitMs);
    const highs = Array.from({ length: 7 }, () => Math.round(high.next(0)?.waitMs ?? -1));
    expect(lows).toEqual([0, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    expect(highs).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('never waits beyond its bound, whatever chance says', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true })), (drawn) => {
        const draws = [...drawn];
        const backoff = new Backoff(LIMITS, () => draws.shift() ?? 0.5);
        for (let i = 0; i < drawn.length; i++) {
          const waitMs = backoff.next(0)?.waitMs ?? -1;
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThanOrEqual(LIMITS.retryMsMax);
        }
      }),
    );
  });

  it('adds its own wait to what the server asked for', () => {
    expect(new Backoff(LIMITS, () => 0.5).next(0, 7_000)).toEqual({ attempt: 1, waitMs: 7_250 });
  });

  it('waits for nothing in a hurry, but only once', () => {
    const backoff = new Backoff(LIMITS, () => 0.5);
    expect(backoff.next(0, 0, true)).toEqual({ attempt: 1, waitMs: 0 });
    expect(backoff.next(0, 0, true)).toEqual({ attempt: 2, waitMs: 750 });
  });

  it('gives up when the next attempt would come too long after the trouble began', () => {
    const backoff = new Backoff({ ...LIMITS, giveUpMsMax: 1_000 }, () => 0.5);
    expect(backoff.next(5_000)).toEqual({ attempt: 1, waitMs: 250 });
    expect(backoff.next(5_249)).toEqual({ attempt: 2, waitMs: 750 });
    expect(backoff.next(5_250)).toBeUndefined();
  });

  it('counts anew after a reset, and never tries where it has no time', () => {
    const backoff = new Backoff({ ...LIMITS, giveUpMsMax: 1_000 }, () => 0.5);
    backoff.next(0);
    backoff.reset();
    expect(backoff.next(9_000)).toEqual({ attempt: 1, waitMs: 250 });
    expect(new Backoff({ ...LIMITS, giveUpMsMax: 0 }, () => 0).next(0)).toBeUndefined();
  });
});
