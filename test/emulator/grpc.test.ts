import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../fakes/fake-clock.ts';
import type { EmulatorOptions } from './emulator.ts';
import { GrpcRig } from './grpc-rig.ts';
import type { CodeName } from './limits.ts';
import { CODE, ENDS, TEXTS, VERSIONS } from './limits.ts';
import { randomOf } from './random.ts';
import { RATE, Rig, requestFor } from './rig.ts';
import { chatter, linear16, speak, take } from './voice.ts';

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

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

describe.each(VERSIONS)("Google's own client of %s", (version) => {
  it('decodes to the letter what the in-process front delivers', async () => {
    const { samples } = speak(take(25, chatter(randomOf(9))), RATE, 700);
    const rig = await start({ manner: { monologueMsMax: 1_500 } });
    const real = await rig.open(version);
    real.write(samples);
    real.stream.end();
    await real.ended;

    const virtual = new Rig({ manner: { monologueMsMax: 1_500 } });
    const { call, heard } = virtual.open(version);
    for (let from = 0; from < samples.length; from += 800) {
      call.write(linear16(samples.subarray(from, from + 800)));
    }
    call.halfClose();
    await virtual.clock.advance(5_000);
    expect(heard.end?.code).toBe(0);
    expect(heard.messages.length).toBeGreaterThan(20);
    expect(real.messages).toEqual(heard.messages);
    expect(real.end).toEqual(heard.end);
    expect(rig.emulator.report()).toEqual(virtual.emulator.report());
    expect(real.said).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  });

  const CODES: readonly CodeName[] = [
    'UNAVAILABLE',
    'INTERNAL',
    'RESOURCE_EXHAUSTED',
    'INVALID_ARGUMENT',
    'PERMISSION_DENIED',
    'UNAUTHENTICATED',
    'DEADLINE_EXCEEDED',
    'OUT_OF_RANGE',
    'ABORTED',
  ];

  it.each(CODES)('reads the code and text of %s, at the opening and amid results', async (code) => {
    const what = { kind: 'status', code } as const;
    const rig = await start({
      faults: [
        { what, which: ({ nth }) => nth === 1 },
        { what, when: { at: 'final', nth: 1 }, which: ({ nth }) => nth === 2 },
      ],
    });
    const client = rig.client(version);
    const calls = [await rig.open(version, client), await rig.open(version, client)];
    for (const call of calls) call.write(SPEECH());
    await Promise.all(calls.map(({ ended }) => ended));
    const end = { code: CODE[code], text: TEXTS[code] };
    expect(calls.map((call) => call.end)).toEqual([end, end]);
    expect(calls.flatMap(({ said }) => said)).toEqual([1, 2]);
  });

  it('reads a text with signs that gRPC escapes', async () => {
    const text = 'Zürich: 100 % of "a/b"\n';
    const rig = await start({ faults: [{ what: { kind: 'status', code: 'INTERNAL', text } }] });
    const call = await rig.open(version);
    await call.ended;
    expect(call.end).toEqual({ code: 13, text });
  });

  it("sees the end of a stream's life, in virtual time", async () => {
    const clock = new FakeClock();
    const rig = await start({}, clock);
    const call = await rig.open(version);
    await rig.seen('config');
    // Idle is no matter here: audio every 9 s.
    for (let n = 1; n <= 33; n++) {
      call.write(new Int16Array(8));
      await rig.seen('audio', n);
      await clock.advance(9_000);
    }
    call.write(new Int16Array(8));
    await rig.seen('audio', 34);
    expect(call.ends).toEqual([]);
    await clock.advance(9_000);
    await call.ended;
    expect(call.end).toEqual({
      code: version === 'v1' ? 11 : 10,
      text: ENDS[version].duration.text,
    });
  });

  it('sees the end for want of audio', async () => {
    const rig = await start({ limits: { idleMs: 20 } });
    const call = await rig.open(version);
    await call.ended;
    expect(call.end?.text).toBe(ENDS[version].idle.text);
  });

  it('sees the refusals of size, order and pace', async () => {
    const rig = await start();
    const large = await rig.open(version);
    const audio = new Uint8Array(25_601);
    large.stream.write(version === 'v1' ? { audioContent: audio } : { audio });
    await large.ended;
    expect(large.end?.text).toContain('Received audio of 25601 bytes');

    const first = await rig.open(version, undefined, {});
    await first.ended;
    expect(first.end).toEqual({ code: 3, text: ENDS[version]['config-first'].text });

    const second = await rig.open(version);
    second.stream.write(requestFor(version));
    await second.ended;
    expect(second.end).toEqual({ code: 3, text: ENDS[version]['audio-next'].text });

    const fast = await rig.open(version);
    fast.write(new Int16Array(RATE * 31));
    await fast.ended;
    expect(fast.end).toEqual({ code: 8, text: 'Resource has been exhausted (e.g. check quota).' });
    expect(rig.emulator.report()).toMatchObject({
      oversized: 1,
      open: [],
      ends: { INVALID_ARGUMENT: 3, RESOURCE_EXHAUSTED: 1 },
    });
  });

  it('sees the refusals of quota', async () => {
    const rig = await start({ limits: { concurrentMax: 2, startsMax: 3 } });
    const one = await rig.open(version);
    await rig.seen('open', 1);
    await rig.open(version);
    await rig.seen('open', 2);
    const many = await rig.open(version);
    await many.ended;
    expect(many.end).toEqual({ code: 8, text: ENDS[version].concurrent.text });
    one.stream.cancel();
    await rig.seen('end', 2);
    await rig.open(version);
    await rig.seen('open', 4);
    one.stream.cancel();
    const [last] = rig.changes.filter(({ what }) => what === 'end');
    expect(last?.nth).toBe(3);
    expect(rig.emulator.report()).toMatchObject({ starts: 4, refused: 1, openMax: 2 });
  });
});
