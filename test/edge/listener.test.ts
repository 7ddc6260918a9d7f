import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/command/server.ts';
import { nativeProblem } from '../../src/edge/listener.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { ask, startRig, upgrade } from '../fakes/server-rig.ts';

let server: Server;

beforeAll(async () => {
  server = await startRig();
});

afterAll(() => server.close());

describe('listen()', () => {
  it('runs on the native socket layer', () => {
    expect(nativeProblem()).toBeUndefined();
  });

  it.each([
    ['a plain GET', '/v1/stream', {}, 426, /WebSocket/],
    ['another path', '/v2/stream', {}, 404, /expected \/v1\/stream/],
    ['another subprotocol', '/v1/stream', upgrade('chat'), 426, /earshot\.v1/],
  ])('answers %s with what was expected', async (_, path, headers, status, says) => {
    const answer = await ask(server.url, path, headers);
    expect(answer).toMatchObject({ status, body: expect.stringMatching(says) });
  });

  it.each(['EARSHOT_PORT', 'EARSHOT_ADMIN_PORT'])(
    'fails when %s is in use, also by another Earshot',
    async (name) => {
      const { port } = new URL(name === 'EARSHOT_PORT' ? server.url : server.adminUrl);
      const message = new RegExp(`cannot listen on 127.0.0.1:${port}`);
      await expect(startRig({ [name]: port })).rejects.toThrow(message);
    },
  );

  it('copies what it is given: two frames do not share their bytes', async () => {
    const client = await RawClient.start(server.url);
    for (const sample of [1, 0, 1]) client.send(new Uint8Array(3_200).fill(sample));
    client.say({ type: 'finish' });
    expect(await client.next('summary')).toMatchObject({ transcribedMs: 300 });
    expect(client.all('final').map(({ start, end }) => [start, end])).toEqual([[0, 300]]);
  });
});
