import { describe, expect, it } from 'vitest';
import { systemRandom } from '../src/chance.ts';

describe('systemRandom()', () => {
  it('answers numbers from 0 on and below 1, and not always the same', () => {
    const drawn = Array.from({ length: 100 }, () => systemRandom());
    expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(1);
  });
});
