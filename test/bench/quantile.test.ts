import { describe, expect, it } from 'vitest';
import { quantile } from '../../bench/quantile.ts';

describe('quantile()', () => {
  it('is the value that a share of all lies below', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect([0, 0.5, 0.98, 0.99].map((share) => quantile(hundred, share))).toEqual([1, 51, 99, 100]);
  });

  it('is the largest value where there are too few to tell', () => {
    expect(quantile([3, 10, 2], 0.99)).toBe(10);
    expect(quantile([3, 10, 2], 1)).toBe(10);
  });

  it('compares numbers, and leaves them in their order', () => {
    const values = [10, 9, -1];
    expect(quantile(values, 0.5)).toBe(9);
    expect(values).toEqual([10, 9, -1]);
  });

  it('is nothing without values', () => {
    expect(quantile([], 0.5)).toBeUndefined();
  });
});
