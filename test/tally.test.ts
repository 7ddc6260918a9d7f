import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tally } from '../src/tally.ts';

describe('Tally', () => {
  it('counts a value that is an edge as within it, and none that is above', () => {
    const tally = new Tally([1, 2.5]);
    for (const value of [0, 1, 1.1, 2.5, 2.6]) tally.observe(value);
    expect(tally.heaps()).toEqual([
      { edge: 1, count: 2 },
      { edge: 2.5, count: 4 },
      { edge: Number.POSITIVE_INFINITY, count: 5 },
    ]);
    expect(tally.sum).toBeCloseTo(7.2, 9);
  });

  it('says of every edge how many values were at most that', () => {
    const edges = fc.uniqueArray(fc.double({ noNaN: true, min: 0, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(edges, fc.array(fc.double({ noNaN: true, min: 0, max: 10 })), (some, values) => {
        const tally = new Tally(some.toSorted((a, b) => a - b));
        for (const value of values) tally.observe(value);
        for (const { edge, count } of tally.heaps()) {
          expect(count).toBe(values.filter((value) => value <= edge).length);
        }
      }),
    );
  });
});
