import { describe, expect, it } from 'vitest';
import { atLeast, atMost, targetLine } from '../../bench/target.ts';

describe('a target', () => {
  it('holds up to its bound, and not beyond', () => {
    expect([9, 10, 11].map((value) => atMost('cost', 10, value).holds)).toEqual([
      true,
      true,
      false,
    ]);
    expect([9, 10, 11].map((value) => atLeast('gain', 10, value).holds)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('does not hold for a figure that could not be measured', () => {
    expect(atMost('cost', 10, undefined).holds).toBe(false);
    expect(atLeast('gain', 10, undefined).holds).toBe(false);
    expect(atMost('cost', 10, Number.NaN).holds).toBe(false);
  });
});

describe('targetLine()', () => {
  it('says what was measured and what was asked for', () => {
    expect(targetLine(atMost('cost, ms', 10, 9.96))).toBe('  holds  cost, ms: 10, at most 10\n');
    expect(targetLine(atLeast('gain', 10, undefined))).toBe(
      '  FAILS  gain: not measured, at least 10\n',
    );
  });
});
