import http2 from 'node:http2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../fakes/fake-clock.ts';
import { GrpcFront } from './grpc.ts';
import { GrpcRig } from './grpc-rig.ts';
import { RATE } from './rig.ts';
import { speak } from './voice.ts';

let rig: GrpcRig;
beforeEach(async () => {
  rig = await GrpcRig.start();
});
afterEach(() => rig.close());

describe('the report', () => {
  it('shows the streams that a client left open by destroy()', async () => {
    const call = await rig.open('v1');
    call.write(new Int16Array(RATE));
    await rig.until(() => rig.changes.some(({ audioMs }) => audioMs === 1_000));
    call.stream.destroy();
    const other = await rig.open('v1');
    other.stream.end();
    await other.ended;
    expect(rig.emulator.report()).toMatchObject({
      starts: 2,
      open: [{ nth: 1, audioMs: 1_000 }],
      billedMs: 1_000,
      ends: { OK: 1 },
    });
  });

  it('counts what the streams were', async () => {
    const plan = [
      { number: 1, ms: 400, pauseMs: 100 },
      { number: 2, ms: 400, pauseMs: 100 },
    ];
    const speech = speak(plan, RATE, 1_200).samples;
    for (let n = 0; n < 3; n++) {
      const call = await rig.open('v2');
      call.write(speech);
      call.stream.end();
      await call.ended;
    }
    expect(rig.emulator.report()).toEqual({
      starts: 3,
      refused: 0,
      openMax: 1,
      open: [],
      billedMs: 9_000,
      audioMs: 2_200 * 3,
      wordsHeard: 6,
      oversized: 0,
      ends: { OK: 3 },
      faults: {},
    });
  });
});

describe('GrpcFront', () => {
  let session: http2.ClientHttp2Session;

  beforeEach(() => {
    session = http2.connect(`http://127.0.0.1:${rig.front.port}`);
  });
  afterEach(() => session.destroy());

  async function ask(path: string, bytes: Uint8Array): Promise<http2.IncomingHttpHeaders> {
    const stream = session.request({ ':method': 'POST', ':path': path, te: 'trailers' });
    stream.end(bytes);
    stream.resume();
    return await new Promise((resolve) => {
      stream.on('response', (headers) => {
        if (headers['grpc-status'] !== undefined) resolve(headers);
      });
      stream.on('trailers', resolve);
    });
  }
  const PATH = '/google.cloud.speech.v1.Speech/StreamingRecognize';

  it('has no other method', async () => {
    const path = '/google.cloud.speech.v1.Speech/Recognize';
    expect(await ask(path, new Uint8Array(0))).toMatchObject({
      'grpc-status': '12',
      'grpc-message': `The emulator has no method ${path}`,
    });
  });

  it('refuses bytes that are no message, compressed ones, and ones beyond 4 MiB', async () => {
    expect(await ask(PATH, Uint8Array.of(0, 0, 0, 0, 1, 255))).toMatchObject({
      'grpc-status': '13',
    });
    expect(await ask(PATH, Uint8Array.of(1, 0, 0, 0, 0))).toMatchObject({ 'grpc-status': '12' });
    expect(await ask(PATH, Uint8Array.of(0, 1, 0, 0, 0))).toMatchObject({
      'grpc-status': '8',
      'grpc-message': 'Received message larger than max (16777216 vs. 4194304)',
    });
    expect(rig.emulator.report().open).toEqual([]);
  });

  it('refuses a half-close before any message', async () => {
    expect(await ask(PATH, new Uint8Array(0))).toMatchObject({ 'grpc-status': '3' });
  });

  it('loses the streams of a client that vanishes', async () => {
    session.request({ ':method': 'POST', ':path': PATH, te: 'trailers' });
    await rig.seen('open');
    session.destroy();
    await rig.seen('end');
    expect(rig.emulator.report()).toMatchObject({ open: [], ends: { cut: 1 } });
  });

  it('leaves nothing when it closes: no stream, no connection, no timer', async () => {
    const clock = new FakeClock();
    const other = await GrpcRig.start({}, clock);
    const calls = [await other.open('v1'), await other.open('v2')];
    await other.seen('config', 2);
    expect(other.front.connections).toBe(2);
    await other.close();
    await Promise.all(calls.map(({ ended }) => ended));
    expect(other.front.connections).toBe(0);
    expect(clock.pending).toBe(0);
    expect(other.emulator.report()).toMatchObject({ open: [], ends: { closed: 2 } });
  });

  it('says so when its port is taken', async () => {
    const taken = GrpcFront.listen(rig.emulator, new FakeClock(), { port: rig.front.port });
    await expect(taken).rejects.toThrow('EADDRINUSE');
  });
});
