import { describe, expect, it } from 'vitest';
import { goodputOf } from '../../../bench/limits/goodput.ts';

const HEARD = { openMs: 900, isHeard: true };
const UNHEARD = { openMs: 100, isHeard: false };

describe('goodputOf()', () => {
  it('is the share of slots held while others waited, by streams that heard somebody', () => {
    const looks = [
      { atMs: 0, used: 10, limit: 10, depth: 5 },
      { atMs: 1_000, used: 5, limit: 10, depth: 5 },
      { atMs: 2_000, used: 0, limit: 10, depth: 5 },
    ];
    const { goodput, ...parts } = goodputOf(looks, [HEARD, UNHEARD]);
    expect(parts).toEqual({ waitedS: 2, held: 0.75, heard: 0.9 });
    expect(goodput).toBeCloseTo(0.675);
  });

  it('does not count when nobody waits, nor more slots than there are', () => {
    const looks = [
      { atMs: 0, used: 0, limit: 10, depth: 0 },
      { atMs: 1_000, used: 11, limit: 10, depth: 1 },
      { atMs: 1_500, used: 0, limit: 10, depth: 0 },
    ];
    expect(goodputOf(looks, [HEARD])).toEqual({ waitedS: 0.5, held: 1, heard: 1, goodput: 1 });
  });

  it('is unknown when nobody ever waited, or nobody was heard', () => {
    const looks = [
      { atMs: 0, used: 1, limit: 1, depth: 1 },
      { atMs: 1, used: 1, limit: 1, depth: 1 },
    ];
    expect(goodputOf([], [HEARD]).goodput).toBeUndefined();
    expect(goodputOf(looks, []).goodput).toBeUndefined();
  });
});
