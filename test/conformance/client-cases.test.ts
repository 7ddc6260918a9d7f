import { describe, expect, it } from 'vitest';
import { clientCases } from './case.ts';
import { playInMemory } from './in-memory.ts';

describe('the TypeScript client', () => {
  it.each(clientCases().map((one) => [one.name, one] as const))('%s', async (_, one) => {
    expect(await playInMemory(one)).toEqual([]);
  });
});
