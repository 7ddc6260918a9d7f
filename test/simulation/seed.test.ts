import { describe, expect, it } from 'vitest';
import { runDay, runSeed } from './seed.ts';

describe('A session under random faults', () => {
  it.each([1, 2, 3, 4])('loses, doubles and swaps no word with seed %i', async (seed) => {
    const { wrong, words, streams } = await runSeed(seed, 2);
    expect(wrong).toEqual([]);
    expect(words).toBeGreaterThan(100);
    expect(streams['rotation']).toBeGreaterThan(0);
  });

  it('is the same again with the same seed', async () => {
    expect(await runSeed(5, 1)).toEqual(await runSeed(5, 1));
  });
});

describe('A session through the limit of five minutes', () => {
  it.each(['v1', 'v2'] as const)(
    'loses no word of a monologue and what follows it, by %s',
    async (version) => {
      const { wrong, words, streams, cuts } = await runDay(version, 20);
      expect(wrong).toEqual([]);
      expect(words).toBeGreaterThan(2_000);
      expect(streams).toEqual({ start: 1, rotation: 4, retry: 0 });
      expect(cuts['hard']).toBe(2);
    },
  );
});
