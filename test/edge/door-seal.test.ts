/**
 * Signed frames, from the client to the session: over a lost connection, and with somebody on the way.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/client/node.ts';
import type { Server } from '../../src/command/server.ts';
import { deviceKeyOf, fleetSecretOf } from '../../src/wire/seal.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { startRig } from '../fakes/server-rig.ts';
import { TcpProxy } from '../fakes/tcp-proxy.ts';

const SECRET = 'a-secret-of-thirty-two-characters';
const KEY = deviceKeyOf(fleetSecretOf(SECRET, 'default'), 'anonymous');
const FRAME = new Uint8Array(3_200).fill(1);

let server: Server;
let proxy: TcpProxy;

beforeAll(async () => {
  server = await startRig({ EARSHOT_INTEGRITY: 'required', EARSHOT_INTEGRITY_SECRET: SECRET });
  proxy = await TcpProxy.listen(Number(new URL(server.url).port));
});

afterAll(async () => {
  await proxy.close();
  await server.close();
});

describe('A server that wants signed frames', () => {
  it('takes them from the client, also after a lost connection', async () => {
    const deviceKey = Buffer.from(KEY).toString('base64url');
    const url = `ws://127.0.0.1:${proxy.port}/v1/stream`;
    const start = { encoding: 'LINEAR16', sampleRateHertz: 16_000 } as const;
    const states: string[] = [];
    const onState = ({ state }: { state: string }): number => states.push(state);
    const stream = connect({ url, deviceKey, start, onState, retryMsMin: 1 });
    await stream.ready();
    for (let n = 0; n < 3; n++) stream.write(FRAME);
    stream.gap(200);
    for (const link of proxy.links) link.cut();
    for (let n = 0; n < 3; n++) stream.write(FRAME);
    expect(await stream.finish()).toMatchObject({ receivedMs: 600, missingMs: 200 });
    expect(states).toContain('resumed');
  });

  it('refuses a session without, and a frame that somebody else has made', async () => {
    const bare = await RawClient.connect(server.url);
    bare.say({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 });
    expect(await bare.closed).toEqual({ code: 4501, reason: 'bad_config' });
    const forger = await RawClient.start(server.url, { integrity: 'hmac-sha256' });
    forger.send(FRAME);
    expect(await forger.closed).toEqual({ code: 4501, reason: 'bad_audio' });
  });
});
