import { describe, expect, it } from 'vitest';
import { runFleet } from './fleet-seed.ts';

describe('Clients, workers and the network between them', () => {
  it.each([1, 2])('lose, double and swap no word with seed %i', async (seed) => {
    const { wrong, words, counts } = await runFleet(seed, 2);
    expect(wrong).toEqual([]);
    expect(words).toBeGreaterThan(150);
    expect(counts['resumed']).toBeGreaterThan(0);
  });
});
