import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gaps } from '../../src/client/gaps.ts';

describe('Gaps', () => {
  it('knows one that comes again', () => {
    const gaps = new Gaps();
    expect(gaps.take({ start: 10, end: 20 })).toEqual([{ start: 10, end: 20 }]);
    expect(gaps.take({ start: 10, end: 20 })).toEqual([]);
  });

  it('answers the new parts of one that has grown', () => {
    const gaps = new Gaps();
    gaps.take({ start: 10, end: 20 });
    gaps.take({ start: 30, end: 40 });
    expect(gaps.take({ start: 5, end: 50 })).toEqual([
      { start: 5, end: 10 },
      { start: 20, end: 30 },
      { start: 40, end: 50 },
    ]);
  });

  it('takes one that lies before another as new', () => {
    const gaps = new Gaps();
    gaps.take({ start: 30, end: 40 });
    expect(gaps.take({ start: 10, end: 30 })).toEqual([{ start: 10, end: 30 }]);
  });

  it('has seen all that is settled', () => {
    const gaps = new Gaps();
    gaps.take({ start: 10, end: 20 });
    gaps.settle(100);
    expect(gaps.take({ start: 10, end: 20 })).toEqual([]);
    expect(gaps.take({ start: 90, end: 110 })).toEqual([{ start: 100, end: 110 }]);
  });

  it('shows one shorter than a millisecond, once', () => {
    const gaps = new Gaps();
    gaps.settle(10);
    expect(gaps.take({ start: 10, end: 10 })).toEqual([{ start: 10, end: 10 }]);
    expect(gaps.take({ start: 10, end: 10 })).toEqual([]);
    expect(gaps.take({ start: 5, end: 5 })).toEqual([]);
  });

  it('answers every millisecond once, whatever comes again', () => {
    const stretches = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 40 })));
    fc.assert(
      fc.property(stretches, (all) => {
        const gaps = new Gaps();
        const shown = all.flatMap(([start, ms]) => gaps.take({ start, end: start + ms }));
        const each = shown.flatMap(({ start, end }) =>
          Array.from({ length: end - start }, (_, i) => start + i),
        );
        const union = all.flatMap(([start, ms]) => Array.from({ length: ms }, (_, i) => start + i));
        expect(each.sort((a, b) => a - b)).toEqual([...new Set(union)].sort((a, b) => a - b));
      }),
    );
  });
});
