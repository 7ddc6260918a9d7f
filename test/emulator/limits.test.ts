import { describe, expect, it } from 'vitest';
import type { Call } from './call.ts';
import { CODE, ENDS, GOOGLE_LIMITS, scaleLimits, VERSIONS } from './limits.ts';
import { randomOf } from './random.ts';
import type { Recorder } from './rig.ts';
import { RATE, Rig, requestFor } from './rig.ts';
import { chatter, linear16, Speaker, speak, take } from './voice.ts';

const SECOND = new Int16Array(RATE);

describe("Google's texts", () => {
  it('are what clients know the limits by', () => {
    const told = VERSIONS.flatMap((version) =>
      Object.entries(ENDS[version]).map(
        ([name, { code, text }]) => `${version} ${name}: ${CODE[code]} ${code}: ${text}`,
      ),
    );
    expect(told).toMatchInlineSnapshot(`
      [
        "v1 duration: 11 OUT_OF_RANGE: Exceeded maximum allowed stream duration of 305 seconds.",
        "v1 idle: 11 OUT_OF_RANGE: Audio Timeout Error: Long duration elapsed without audio. Audio should be sent close to real time.",
        "v1 pace: 8 RESOURCE_EXHAUSTED: Resource has been exhausted (e.g. check quota).",
        "v1 concurrent: 8 RESOURCE_EXHAUSTED: Resource has been exhausted (e.g. check quota).",
        "v1 starts: 8 RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'",
        "v1 config-first: 3 INVALID_ARGUMENT: Malordered Data Received. Send exactly one config, followed by audio data.",
        "v1 audio-next: 3 INVALID_ARGUMENT: Malordered Data Received. Expected audio_content none was set. Send exactly one config, followed by audio data.",
        "v1 encoding: 3 INVALID_ARGUMENT: Invalid recognition 'config': bad encoding..",
        "v1 sample-rate: 3 INVALID_ARGUMENT: Invalid recognition 'config': bad sample rate hertz.",
        "v1 language: 3 INVALID_ARGUMENT: Invalid recognition 'config': bad language code.",
        "v1 channels: 3 INVALID_ARGUMENT: Invalid recognition 'config': bad channel count.",
        "v1 recognizer: 3 INVALID_ARGUMENT: Malordered Data Received. Send exactly one config, followed by audio data.",
        "v2 duration: 10 ABORTED: Max duration of 5 minutes reached for stream.",
        "v2 idle: 10 ABORTED: Stream timed out after receiving no more client requests.",
        "v2 pace: 8 RESOURCE_EXHAUSTED: Resource has been exhausted (e.g. check quota).",
        "v2 concurrent: 8 RESOURCE_EXHAUSTED: Resource has been exhausted (e.g. check quota).",
        "v2 starts: 8 RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'",
        "v2 config-first: 3 INVALID_ARGUMENT: Malordered Data Received. Send exactly one config, followed by audio data.",
        "v2 audio-next: 3 INVALID_ARGUMENT: Malordered Data Received. Expected audio but none was set. Send exactly one config, followed by audio data.",
        "v2 encoding: 3 INVALID_ARGUMENT: Audio data does not appear to be in a supported encoding. If you believe this to be incorrect, try explicitly specifying the decoding parameters.",
        "v2 sample-rate: 3 INVALID_ARGUMENT: Invalid recognition 'config': bad sample rate hertz.",
        "v2 language: 3 INVALID_ARGUMENT: Invalid recognition 'config': bad language code.",
        "v2 channels: 3 INVALID_ARGUMENT: Invalid audio channel count value: 0. Values must be non-negative.",
        "v2 recognizer: 3 INVALID_ARGUMENT: Invalid resource field value in the request.",
      ]
    `);
  });
});

describe.each([
  ['v1', 305, 11],
  ['v2', 300, 10],
] as const)('the life of a stream of %s', (version, seconds, code) => {
  it(`ends after ${seconds} s with code ${code}, audio or not`, async () => {
    const rig = new Rig();
    const { call, heard } = rig.open(version);
    await rig.clock.advance(5); // on the way
    for (let s = 1; s < seconds; s++) await rig.speak(call, SECOND, 1_000);
    await rig.clock.advance(999);
    expect(heard.ends).toEqual([]);
    await rig.clock.advance(6); // and back
    expect(heard.end).toEqual({ code, text: ENDS[version].duration.text });
    expect(heard.ends[0]?.atMs).toBe(seconds * 1000 + 10);
    expect(rig.emulator.report()).toMatchObject({
      billedMs: (seconds - 1) * 1000,
      ends: { [version === 'v1' ? 'OUT_OF_RANGE' : 'ABORTED']: 1 },
    });
  });

  it('loses what was not final yet, and says no billed time', async () => {
    const rig = new Rig({ limits: { durationMs: { v1: 4_000, v2: 4_000 } } });
    const { call, heard } = rig.open(version);
    const plan = [
      { number: 1, ms: 500, pauseMs: 100 },
      { number: 2, ms: 500, pauseMs: 1_500 },
      { number: 3, ms: 500, pauseMs: 700 },
    ];
    await rig.speak(call, speak(plan, RATE, 1_000).samples);
    expect(heard.end?.text).toBe(ENDS[version].duration.text);
    expect(heard.said).toEqual([1, 2]);
  });

  it('passes faster by the time scale, while audio keeps its pace', async () => {
    const rig = new Rig({ timeScale: 30 });
    const { call, heard } = rig.open(version);
    const words = take(100, chatter(randomOf(2)));
    await rig.speak(call, speak(words, RATE).samples.subarray(0, RATE * 10), 100);
    await rig.clock.advance(500);
    expect(heard.ends[0]?.atMs).toBeCloseTo((seconds * 1000) / 30 + 10, 3);
    expect(heard.said.length).toBeGreaterThan(10);
  });

  it('goes on after the half-close', async () => {
    const rig = new Rig({ limits: { durationMs: { v1: 500, v2: 500 } }, latency: { tailMs: 600 } });
    const { call, heard } = rig.open(version);
    call.halfClose();
    await rig.clock.advance(1_000);
    expect(heard.end?.code).toBe(code);
  });
});

describe.each(VERSIONS)('the limits of %s', (version) => {
  it('end a stream 10 s after its last audio, and not before', async () => {
    const rig = new Rig();
    const { call, heard } = rig.open(version);
    await rig.clock.advance(9_000);
    await rig.silence(call, 100);
    await rig.clock.advance(9_900);
    expect(heard.ends).toEqual([]);
    await rig.clock.advance(10);
    expect(heard.end).toEqual({
      code: version === 'v1' ? 11 : 10,
      text: ENDS[version].idle.text,
    });
    expect(heard.ends[0]?.atMs).toBe(9_000 + 5 + 10_000 + 5);
  });

  it('end a stream 10 s after it opened when no message came, or only the config', async () => {
    const rig = new Rig();
    const { heard } = rig.open(version);
    await rig.clock.advance(10_010);
    expect(heard.end?.text).toBe(ENDS[version].idle.text);
  });

  it('take 25,600 bytes of audio in a message and not one more', async () => {
    const rig = new Rig();
    const { call, heard } = rig.open(version);
    call.write(new Uint8Array(25_600));
    await rig.clock.advance(1_000);
    expect(heard.ends).toEqual([]);
    call.write(new Uint8Array(25_601));
    await rig.clock.advance(1_000);
    expect(heard.end).toEqual({
      code: 3,
      text: 'Audio chunk can be of a a maximum of 25600 bytes. Received audio of 25601 bytes instead.',
    });
    expect(rig.emulator.report()).toMatchObject({ oversized: 1, ends: { INVALID_ARGUMENT: 1 } });
  });

  it('let audio run 30 s ahead of the wall and not further', async () => {
    const rig = new Rig();
    const { call, heard } = rig.open(version);
    for (let s = 0; s < 30; s++) call.write(linear16(SECOND));
    await rig.clock.advance(1_000);
    expect(heard.ends).toEqual([]);
    call.write(linear16(SECOND)); // a second later: 30 s ahead again
    await rig.clock.advance(10);
    expect(heard.ends).toEqual([]);
    call.write(linear16(SECOND.subarray(0, 100)));
    await rig.clock.advance(10);
    expect(heard.end).toEqual({ code: 8, text: 'Resource has been exhausted (e.g. check quota).' });
  });

  it('allow twice real time after a burst of 5 s, for 25 s', async () => {
    const rig = new Rig();
    const { call, heard } = rig.open(version);
    for (let s = 0; s < 5; s++) call.write(linear16(SECOND));
    for (let s = 0; s < 24; s++) {
      call.write(linear16(SECOND));
      call.write(linear16(SECOND));
      await rig.clock.advance(1_000);
    }
    expect(heard.ends).toEqual([]);
  });

  it('open 300 streams at once and refuse the next, until one ends', async () => {
    const rig = new Rig();
    const streams = Array.from({ length: 300 }, () =>
      rig.open(version, requestFor(version), rig.front.channel()),
    );
    await rig.clock.advance(10);
    const refused = rig.open(version, requestFor(version), rig.front.channel());
    await rig.clock.advance(10);
    expect(refused.heard.end).toEqual({
      code: 8,
      text: 'Resource has been exhausted (e.g. check quota).',
    });
    expect(streams.every(({ heard }) => heard.end === undefined)).toBe(true);
    streams[0]?.call.cancel();
    const next = rig.open(version, requestFor(version), rig.front.channel());
    await rig.clock.advance(100);
    expect(next.heard.ends).toEqual([]);
    expect(rig.emulator.report()).toMatchObject({ starts: 302, refused: 1, openMax: 300 });
  });

  it('start so many streams in any minute, and more in the next', async () => {
    const rig = new Rig({ limits: { startsMax: 3 } });
    const start = async (): Promise<Recorder> => {
      const { call, heard } = rig.open(version);
      await rig.clock.advance(5);
      call.cancel();
      await rig.clock.advance(995);
      return heard;
    };
    for (let n = 0; n < 3; n++) expect((await start()).end?.code).toBe(1);
    const refused = rig.open(version);
    await rig.clock.advance(10);
    expect(refused.heard.end).toEqual({ code: 8, text: ENDS[version].starts.text });
    await rig.clock.advance(57_000 - 10 + 5);
    expect((await start()).end?.code).toBe(1);
    const again = rig.open(version);
    await rig.clock.advance(10);
    expect(again.heard.ends).toEqual([]);
  });

  it('let 100 calls run on a connection: the 101st waits, and begins when one ends', async () => {
    const rig = new Rig();
    const calls: { call: Call; heard: Recorder }[] = [];
    for (let n = 0; n < 100; n++) calls.push(rig.open(version));
    const late = rig.open(version);
    const { samples } = speak([{ number: 7, ms: 300, pauseMs: 0 }], RATE, 600);
    late.call.write(linear16(samples));
    late.call.halfClose();
    await rig.clock.advance(5_000);
    expect(rig.channel.size).toEqual({ running: 100, waiting: 1 });
    expect(late.heard.messages).toEqual([]);
    calls[50]?.call.cancel();
    await rig.clock.advance(1_000);
    expect(late.heard.said).toEqual([7]);
    expect(late.heard.end?.code).toBe(0);
  });
});

describe('scaleLimits()', () => {
  it('leaves what compares wall time with audio', () => {
    expect(scaleLimits(GOOGLE_LIMITS, 30)).toEqual({
      ...GOOGLE_LIMITS,
      durationMs: { v1: 305_000 / 30, v2: 10_000 },
      startsWindowMs: 2_000,
    });
  });
});

describe('replies that wait', () => {
  it('are bounded: one more ends the stream', async () => {
    const rig = new Rig({ repliesMax: 3, latency: { activityMs: 60_000 } });
    const { call, heard } = rig.open('v1');
    const speaker = new Speaker(chatter(randomOf(1), { gapMs: [400, 500] }), RATE);
    await rig.speak(call, speaker.read(RATE * 5));
    expect(heard.end).toEqual({ code: 13, text: 'Internal error encountered.' });
  });
});
