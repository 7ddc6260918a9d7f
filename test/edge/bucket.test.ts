import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bucket } from '../../src/edge/bucket.ts';

describe('Bucket', () => {
  it('gives 20 s at once, and then so much a second', () => {
    const bucket = new Bucket(10, 0);
    expect(bucket.take(200, 0)).toBe(true);
    expect(bucket.take(1, 0)).toBe(false);
    expect(bucket.take(1, 99)).toBe(false);
    expect(bucket.take(1, 100)).toBe(true);
    expect([bucket.take(201, 1e6), bucket.take(200, 1e6)]).toEqual([false, true]);
  });

  it('gives anything where nothing is limited', () => {
    const bucket = new Bucket(Number.POSITIVE_INFINITY, 0);
    for (let n = 0; n < 3; n++) expect(bucket.take(1e12, 0)).toBe(true);
  });

  it('lets be owed what came before it was asked', () => {
    const bucket = new Bucket(10, 0);
    bucket.owe(210, 0);
    expect(bucket.take(1, 1_000)).toBe(false);
    expect(bucket.take(1, 1_100)).toBe(true);
    const endless = new Bucket(Number.POSITIVE_INFINITY, 0);
    endless.owe(1e12, 0);
    expect(endless.take(1e12, 0)).toBe(true);
  });

  it('never gives more than the burst and the time allow', () => {
    const step = fc.record({ ms: fc.nat(5_000), amount: fc.nat(300) });
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 50 }), (steps, perSecond) => {
        const bucket = new Bucket(perSecond, 0);
        let [nowMs, taken] = [0, 0];
        for (const { ms, amount } of steps) {
          nowMs += ms;
          if (bucket.take(amount, nowMs)) taken += amount;
          expect(taken).toBeLessThanOrEqual(perSecond * (20 + nowMs / 1_000) + 1e-6);
        }
      }),
    );
  });
});
