import { describe, expect, it } from 'vitest';
import { runSeed } from './seed.ts';

describe('A session under random faults', () => {
  it.each([1, 2, 3, 4])('loses, doubles and swaps no word with seed %i', async (seed) => {
    const { wrong, words, streams } = await runSeed(seed, 2);
    expect(wrong).toEqual([]);
    expect(words).toBeGreaterThan(100);
    expect(streams['rotation']).toBeGreaterThan(1);
  });

  it('is the same again with the same seed', async () => {
    expect(await runSeed(5, 1)).toEqual(await runSeed(5, 1));
  });
});
