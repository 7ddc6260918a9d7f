import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../bench/load/histogram.ts';

function of(...values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

describe('Histogram', () => {
  it('answers quantiles that are at most 3 % too long', () => {
    const histogram = of(...Array.from({ length: 1_000 }, (_, n) => n + 1));
    for (const share of [0.01, 0.5, 0.99]) {
      expect(histogram.quantile(share)).toBeGreaterThanOrEqual(share * 1_000);
      expect(histogram.quantile(share)).toBeLessThanOrEqual(share * 1_000 * 1.031);
    }
    expect(histogram.mostMs).toBe(1_000);
  });

  it('has no quantile of nothing', () => {
    expect(of().quantile(0.5)).toBeUndefined();
  });

  it('takes what is shorter than its first place, and longer than its last', () => {
    const histogram = of(0, -1, 1e9);
    expect(histogram.total).toBe(3);
    expect(histogram.quantile(0.5)).toBeLessThanOrEqual(0.01);
  });

  it('is the same after it has gone to another process, and with what is merged', () => {
    const other = Histogram.of(JSON.parse(JSON.stringify(of(5, 6).data)));
    const histogram = of(1, 2);
    histogram.merge(other);
    expect(histogram.data).toEqual(of(1, 2, 5, 6).data);
    expect(histogram.total).toBe(4);
  });
});
