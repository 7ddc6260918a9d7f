import { describe, expect, it } from 'vitest';
import { clientCases } from './case.ts';
import { playInMemory } from './in-memory.ts';

/** Where it runs, nobody tells it of another network. */
const cases = clientCases().filter(({ needs }) => !needs.includes('network'));

describe('the TypeScript client', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    expect(await playInMemory(one)).toEqual([]);
  });
});
