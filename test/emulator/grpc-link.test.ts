import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../fakes/fake-clock.ts';
import type { EmulatorOptions } from './emulator.ts';
import type { Fault, Moment } from './faults.ts';
import { GrpcRig } from './grpc-rig.ts';
import { ENDS } from './limits.ts';
import { RATE, Rig, requestFor } from './rig.ts';
import { speak } from './voice.ts';

const PLAN = [
  { number: 1, ms: 400, pauseMs: 100 },
  { number: 2, ms: 400, pauseMs: 100 },
  { number: 3, ms: 400, pauseMs: 1_000 },
  { number: 4, ms: 300, pauseMs: 100 },
];
const SPEECH = () => speak(PLAN, RATE, 1_200).samples;

const rigs: GrpcRig[] = [];

async function start(options: EmulatorOptions = {}, clock?: FakeClock): Promise<GrpcRig> {
  const rig = await GrpcRig.start(options, clock);
  rigs.push(rig);
  return rig;
}

function faulty(what: Fault, when: Moment = { at: 'open' }): Promise<GrpcRig> {
  return start({ faults: [{ what, when }] });
}

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

describe('faults below gRPC, as the real client sees them', () => {
  it.each([
    [2, 13, 'Received RST_STREAM with code 2 (Internal server error)'],
    [7, 14, 'Stream refused by server'],
    [8, 1, 'Call cancelled'],
    [11, 8, 'Bandwidth exhausted or memory limit exceeded'],
    [12, 7, 'Protocol not secure enough'],
    [13, 13, 'Received RST_STREAM with code 13'],
  ])('RST_STREAM with code %i reads as %i', async (errorCode, code, text) => {
    const what = { kind: 'rst-stream', errorCode } as const;
    const when = { at: 'final', nth: 1 } as const;
    const rig = await faulty(what, when);
    const real = await rig.open('v1');
    real.write(SPEECH());
    await real.ended;
    expect(real.end).toEqual({ code, text });
    expect(rig.emulator.report()).toMatchObject({ open: [], ends: { 'rst-stream': 1 } });

    const virtual = new Rig({ faults: [{ what, when }] });
    const { call, heard } = virtual.open('v1');
    await virtual.speak(call, SPEECH());
    expect(heard.end).toEqual(real.end);
  });

  it('a cut connection ends all its calls, and the client makes a new one', async () => {
    const rig = await start({
      faults: [
        { what: { kind: 'cut' }, when: { at: 'audio', ms: 500 }, which: ({ nth }) => nth === 2 },
      ],
    });
    const client = rig.client('v1');
    const one = await rig.open('v1', client);
    await rig.seen('config', 1);
    const two = await rig.open('v1', client);
    two.write(SPEECH());
    await Promise.all([one.ended, two.ended]);
    expect([one.end, two.end]).toEqual([
      { code: 14, text: 'Connection dropped' },
      { code: 14, text: 'Connection dropped' },
    ]);
    expect(rig.emulator.report().ends).toEqual({ cut: 2 });
    const three = await rig.open('v1', client);
    three.write(SPEECH());
    three.stream.end();
    await three.ended;
    expect(three.said).toEqual([1, 2, 3, 4]);
  });

  it('GOAWAY leaves running calls alone and moves the next to a new connection', async () => {
    const rig = await start({
      faults: [
        { what: { kind: 'goaway' }, when: { at: 'audio', ms: 500 }, which: ({ nth }) => nth === 1 },
      ],
    });
    const client = rig.client('v1');
    const one = await rig.open('v1', client);
    one.write(SPEECH().subarray(0, RATE * 2));
    await rig.until(() => rig.changes.some(({ audioMs }) => audioMs === 2_000));
    const two = await rig.open('v1', client);
    await rig.seen('config', 2);
    expect(rig.front.connections).toBe(2);
    one.write(SPEECH().subarray(RATE * 2));
    one.stream.end();
    two.stream.end();
    await Promise.all([one.ended, two.ended]);
    expect(one.said).toEqual([1, 2, 3, 4]);
    expect([one.end?.code, two.end?.code]).toEqual([0, 0]);
  });

  it('a stream that hangs is open until the client cancels', async () => {
    const rig = await faulty({ kind: 'hang' }, { at: 'audio', ms: 500 });
    const call = await rig.open('v1');
    call.write(SPEECH());
    call.stream.end();
    await rig.seen('hang');
    expect(rig.emulator.report().open).toHaveLength(1);
    call.stream.cancel();
    await call.ended;
    expect(call.end).toEqual({ code: 1, text: 'Cancelled on client' });
    await rig.seen('end');
    expect(rig.emulator.report()).toMatchObject({ open: [], ends: { CANCELLED: 1 } });
  });

  it("a client's own deadline ends the stream at the server too", async () => {
    const rig = await faulty({ kind: 'hang' });
    const client = rig.client('v1');
    await client.initialize();
    const stream = client._streamingRecognize({ timeout: 200 });
    const code = new Promise((resolve) => {
      stream.on('error', (error: Error & { code: number }) => resolve(error.code));
    });
    stream.write(requestFor('v1'));
    expect(await code).toBe(4);
    await rig.seen('end');
    expect(rig.emulator.report().open).toEqual([]);
  });

  it('a server that reads no more gets no audio, and others on the connection still do', async () => {
    const rig = await start({
      limits: { idleMs: 300 },
      faults: [
        {
          what: { kind: 'slow-read', bytesPerSecond: 0 },
          when: { at: 'audio', ms: 500 },
          which: ({ nth }) => nth === 1,
        },
      ],
    });
    const client = rig.client('v1');
    const one = await rig.open('v1', client);
    await rig.seen('config', 1);
    const two = await rig.open('v1', client);
    const long = new Int16Array(RATE * 25);
    for (let n = 0; n < 4; n++) one.write(long); // 1.6 MB: more than a stream's window
    two.write(SPEECH());
    two.stream.end();
    await two.ended;
    expect(two.said).toEqual([1, 2, 3, 4]);
    await one.ended;
    expect(one.end?.text).toBe(ENDS.v1.idle.text);
    const [heard = 0] = rig.changes
      .filter(({ nth, what }) => nth === 1 && what === 'end')
      .map(({ audioMs }) => audioMs);
    expect(heard).toBeLessThan(2_000);
  });

  it('a stream that is not read is lost at once when its client cancels', async () => {
    const rig = await faulty({ kind: 'slow-read', bytesPerSecond: 0 }, { at: 'audio', ms: 500 });
    const call = await rig.open('v1');
    call.write(new Int16Array(RATE * 100)); // more than a stream's window
    await rig.seen('audio');
    call.stream.cancel();
    await rig.seen('end');
    expect(rig.emulator.report()).toMatchObject({ open: [], ends: { CANCELLED: 1 } });
  });

  it('a server that reads slowly takes its time', async () => {
    const clock = new FakeClock();
    const rig = await start(
      {
        faults: [{ what: { kind: 'slow-read', bytesPerSecond: 16_000 } }],
        limits: { idleMs: 60_000 },
      },
      clock,
    );
    const call = await rig.open('v1');
    await rig.seen('config');
    call.write(new Int16Array(RATE * 10)); // 160,000 bytes
    call.stream.end();
    let isEnded = false;
    const ended = call.ended.then(() => {
      isEnded = true;
    });
    while (!isEnded) await clock.advance(100);
    await ended;
    expect(call.end?.code).toBe(0);
    expect(clock.nowMs()).toBeGreaterThan(8_500);
  });
});

describe('a connection', () => {
  it('runs 100 calls: the 101st waits without a word, and runs when one ends', async () => {
    const rig = await start();
    const client = rig.client('v1');
    const calls = [];
    for (let n = 0; n < 100; n++) calls.push(await rig.open('v1', client));
    await rig.seen('config', 100);
    const late = await rig.open('v1', client);
    late.write(SPEECH());
    late.stream.end();
    // A whole call elsewhere: what was sent before it would have come by now.
    const elsewhere = await rig.open('v1');
    elsewhere.stream.end();
    await elsewhere.ended;
    expect(rig.emulator.report()).toMatchObject({ starts: 101, openMax: 101 });
    expect(late.ends).toEqual([]);
    calls[0]?.stream.cancel();
    await late.ended;
    expect(late.said).toEqual([1, 2, 3, 4]);
    expect(rig.front.connections).toBe(2);
  });
});
