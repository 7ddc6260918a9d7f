import { describe, expect, it } from 'vitest';
import { countsOf, figureLines } from '../../../bench/limits/part.ts';

describe('figureLines()', () => {
  it('says each figure in a line, rounded, and leaves out what is empty or not known', () => {
    const figures = { ms: { p50: 1.23456 }, wrong: [], errors: {}, noise: undefined, by: 'held' };
    expect(figureLines(figures)).toEqual(['ms {"p50":1.235}', 'by "held"']);
  });
});

describe('countsOf()', () => {
  it('counts words', () => {
    expect(countsOf(['a', 'b', 'a'])).toEqual({ a: 2, b: 1 });
  });
});
