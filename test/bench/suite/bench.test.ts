import { describe, expect, it } from 'vitest';
import { Rows, ratioOf, tableOf } from '../../../bench/suite/bench.ts';

describe('Rows', () => {
  it('gathers one figure a round, and leaves out what was not measured', () => {
    const rows = new Rows();
    rows.add('a', { x: 1, y: 5 });
    rows.add('a', { x: 3, y: undefined });
    expect(rows.rows).toEqual([{ what: 'a', cells: { x: [1, 3], y: [5] } }]);
    expect(rows.figures('a', 'x')).toEqual([1, 3]);
    expect(rows.figures('b', 'x')).toBeUndefined();
  });
});

describe('ratioOf()', () => {
  it('is of medians, and of nothing where one is missing', () => {
    expect(ratioOf([1, 9, 3], [6, 6, 1])).toBe(0.5);
    expect(ratioOf([1], undefined)).toBeUndefined();
    expect(ratioOf([1], [0])).toBeUndefined();
  });
});

describe('tableOf()', () => {
  it('shows the median, and the least and the most of several rounds', () => {
    const rows = [{ what: 'a', cells: { x: [3, 1, 2], y: [5] } }];
    const columns = [
      ['x', 1],
      ['y', 0],
      ['z', 0],
    ] as const;
    expect(tableOf({ columns, rows, targets: [], notes: [] })).toEqual([
      '|  | x | y | z |',
      '| --- | ---: | ---: | ---: |',
      '| a | 2.0 (1.0..3.0) | 5 | - |',
    ]);
  });
});
