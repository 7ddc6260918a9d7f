import { describe, expect, it } from 'vitest';
import { clockOf, secondsOf, stampOf } from '../../src/page/times.ts';

describe('times', () => {
  it('are as a clock shows them, with tenths', () => {
    expect([0, 2_345, 62_999, 3_723_400].map(clockOf)).toEqual([
      '0:00.0',
      '0:02.3',
      '1:02.9',
      '1:02:03.4',
    ]);
  });

  it('are as subtitles have them', () => {
    expect(stampOf(3_723_045, ',')).toBe('01:02:03,045');
    expect(stampOf(0, '.')).toBe('00:00:00.000');
  });

  it('are seconds in a sentence', () => {
    expect(secondsOf(1_549)).toBe('1.5 s');
  });
});
