import { describe, expect, it } from 'vitest';
import { clientCases } from './case.ts';
import { playInMemory } from './in-memory.ts';
import { PLANTED_CLIENTS } from './planted-clients.ts';

describe('a client that is broken on purpose', () => {
  it.each(PLANTED_CLIENTS.map((planted) => [planted.what, planted] as const))(
    'is found where it %s',
    async (_, { flaw, by }) => {
      const one = clientCases().find(({ name }) => name === by);
      if (one === undefined) throw new Error(`there is no case '${by}'`);
      expect(await playInMemory(one, flaw)).not.toEqual([]);
    },
  );
});
