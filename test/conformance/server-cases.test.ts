import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/command/server.ts';
import { startRig } from '../fakes/server-rig.ts';
import { serverCases } from './case.ts';
import { PLANTED_SERVERS } from './planted-servers.ts';
import { ramp } from './ramp.ts';
import { playServerCase } from './server-play.ts';

/** Any audio but zeros is speech to the scripted recognizer. */
const SPEECH = ramp(0, 16_000);
const SOON = { EARSHOT_START_MS_MAX: '1000' };

let server: Server;
beforeAll(async () => {
  server = await startRig(SOON);
});
afterAll(async () => {
  await server.close();
});

describe('the server', () => {
  it.concurrent.each(serverCases().map((one) => [one.name, one] as const))('%s', async (_, one) => {
    expect(await playServerCase(one, { url: server.url, speech: SPEECH })).toEqual([]);
  });
});

describe('a server that is broken on purpose', () => {
  it.concurrent.each(PLANTED_SERVERS.map((planted) => [planted.what, planted] as const))(
    'is found where it %s',
    async (_, { by, tamper, deafTo }) => {
      const one = serverCases().find(({ name }) => name === by);
      if (one === undefined) throw new Error(`there is no case '${by}'`);
      const flaw = { deafTo, ...(tamper !== undefined && { tamper: tamper() }) };
      const target = { url: server.url, speech: SPEECH, patienceMs: 4_000, ...flaw };
      expect(await playServerCase(one, target)).not.toEqual([]);
    },
  );
});

describe('a server behind TLS', () => {
  it('is asked by TLS also where a case wants no WebSocket', async () => {
    const one = serverCases().find(({ name }) => name.startsWith('answers 426 to a request'));
    if (one === undefined) throw new Error('there is no such case');
    const url = server.url.replace('ws:', 'wss:');
    // There is none at this port.
    const [wrong] = await playServerCase(one, { url, speech: SPEECH });
    expect(wrong).toMatch(/no answer/);
  });
});
