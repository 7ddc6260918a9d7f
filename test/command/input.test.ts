import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stream } from '../../src/client/client.ts';
import type { AudioSource } from '../../src/command/input.ts';
import { openFile, openStdin, sendPaced } from '../../src/command/input.ts';
import { FakeClock, settle } from '../fakes/fake-clock.ts';
import { newNetwork } from '../fakes/fake-socket.ts';
import { READY } from '../fakes/scripted-server.ts';
import { wavOf } from '../fakes/wav-file.ts';

const NEVER = new AbortController().signal;
const SECOND = new Uint8Array(32_000);

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-input-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

function sourceOf(answer: AudioSource | string): AudioSource {
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

async function bytesIn({ audio }: AudioSource): Promise<number> {
  let bytes = 0;
  for await (const piece of audio) bytes += piece.byteLength;
  return bytes;
}

describe('openFile()', () => {
  it('knows the length of a WAV, and reads its audio and not what stands behind it', async () => {
    const bytes = Buffer.concat([wavOf(SECOND), Buffer.from('LISTxxxx')]);
    const source = sourceOf(await openFile(await fileOf('a.wav', bytes), undefined, NEVER));
    expect(source.audioMs).toBe(1_000);
    expect(source.format).toEqual({ encoding: 'LINEAR16', sampleRateHertz: 16_000 });
    expect(await bytesIn(source)).toBe(32_000);
  });

  it('believes the file more than its header', async () => {
    for (const dataBytes of [0, 64_000, 0xff_ff_ff_ff]) {
      const path = await fileOf('a.wav', wavOf(SECOND, { dataBytes }));
      const source = sourceOf(await openFile(path, undefined, NEVER));
      expect(source.audioMs).toBe(1_000);
      expect(await bytesIn(source)).toBe(32_000);
    }
  });

  it('reads a file without a header as raw audio, when a rate is given', async () => {
    const path = await fileOf('a.raw', SECOND);
    const source = sourceOf(await openFile(path, 8_000, NEVER));
    expect(source.audioMs).toBe(2_000);
    expect(await bytesIn(source)).toBe(32_000);
    const wav = await fileOf('a.wav', wavOf(SECOND));
    expect(sourceOf(await openFile(wav, 8_000, NEVER)).format.sampleRateHertz).toBe(16_000);
  });

  it('says what is wrong with a file, and what to do about it', async () => {
    const missing = join(folder, 'no.wav');
    expect(await openFile(missing, undefined, NEVER)).toBe(
      `cannot read '${missing}': there is no such file`,
    );
    expect(await openFile(folder, undefined, NEVER)).toBe(
      `cannot read '${folder}': it is a directory`,
    );
    const stereo = await fileOf("it's.wav", wavOf(SECOND, { channels: 2 }));
    const advice = await openFile(stereo, undefined, NEVER);
    expect(advice).toContain('has 2 channels, expected 1; convert it by: ffmpeg -i ');
    expect(advice).toContain("it'\\''s.wav' -ac 1 -ar 16000 -c:a pcm_s16le mono.wav (or: sox ");
    const text = await fileOf('a.txt', Buffer.from('hello, I am a text'));
    expect(await openFile(text, undefined, NEVER)).toContain('is not a WAV file');
  });
});

describe('openStdin()', () => {
  it('takes raw audio at 16,000 unless told, and a WAV at its own rate', async () => {
    const open = async (bytes: Uint8Array, rate?: number) =>
      sourceOf(await openStdin(Readable.from([bytes]), rate, NEVER));
    expect((await open(SECOND)).format.sampleRateHertz).toBe(16_000);
    expect((await open(SECOND, 44_100)).format.sampleRateHertz).toBe(44_100);
    const wav = await open(wavOf(SECOND, { rate: 8_000 }), 44_100);
    expect(wav.format.sampleRateHertz).toBe(8_000);
    expect(wav.audioMs).toBeUndefined();
    expect(await bytesIn(wav)).toBe(32_000);
  });

  it('says how to pipe what it cannot take', async () => {
    const stereo = Readable.from([wavOf(SECOND, { channels: 2 })]);
    expect(await openStdin(stereo, undefined, NEVER)).toBe(
      'standard input has 2 channels, expected 1; pipe it through: ffmpeg -i - -ac 1 -ar 16000 -f s16le -',
    );
  });
});

function newRig(windowMs = 5_000) {
  const clock = new FakeClock();
  const network = newNetwork();
  const start = { encoding: 'LINEAR16', sampleRateHertz: 16_000 } as const;
  const stream = new Stream(
    { url: 'ws://host/v1/stream', start, quietMsMax: 60_000 },
    { clock, random: () => 0.5, open: network.open },
  );
  const socket = network.socket();
  socket.opens();
  socket.says({ ...READY, windowMs });
  socket.drain();
  return { clock, stream, socket, format: start };
}

describe('sendPaced()', () => {
  it('sends each frame at its due time, and as many at once as are overdue', async () => {
    const { clock, stream, socket, format } = newRig();
    const input = new PassThrough();
    const sent: number[] = [];
    const pace = { clock, speed: 2, onSent: (ms: number) => sent.push(ms) };
    const sending = sendPaced(stream, { audio: input, format }, pace, NEVER);
    input.write(SECOND);
    await clock.advance(0);
    expect(socket.drain()).toEqual([3_200]);
    await clock.advance(149);
    expect(socket.drain()).toEqual([3_200, 3_200]);
    await clock.advance(1_000);
    expect(socket.drain()).toHaveLength(7);
    input.end(SECOND.subarray(0, 3_202));
    await clock.advance(0);
    expect(socket.drain()).toEqual([3_200, 2]);
    await sending;
    expect(sent.slice(-2)).toEqual([1_100, 1_100.0625]);
  });

  it('sets no timer while it waits for input', async () => {
    const { clock, stream, format } = newRig();
    const before = clock.pending;
    const input = new PassThrough();
    const sending = sendPaced(stream, { audio: input, format }, { clock, speed: 1 }, NEVER);
    await clock.advance(5_000);
    expect(clock.pending).toBe(before);
    input.end();
    await clock.advance(0);
    await sending;
  });

  it('reads no further ahead of a window that stays shut than the high mark', async () => {
    const { clock, stream, format } = newRig(0);
    let read = 0;
    const audio = (async function* () {
      await Promise.resolve();
      for (; ; read++) yield SECOND;
    })();
    const end = new AbortController();
    const sending = sendPaced(stream, { audio, format }, { clock, speed: 0 }, end.signal);
    await clock.advance(10_000);
    expect(read).toBeLessThan(12);
    end.abort();
    stream.close();
    await sending;
  });

  it('stops at once when aborted in the middle of a wait', async () => {
    const { clock, stream, format } = newRig();
    const before = clock.pending;
    const end = new AbortController();
    const audio = Readable.from([SECOND]);
    const sending = sendPaced(stream, { audio, format }, { clock, speed: 0.01 }, end.signal);
    await settle();
    expect(clock.pending).toBe(before + 1);
    end.abort();
    await sending;
    expect(clock.pending).toBe(before);
  });

  it('stops at once when aborted while the input stalls', async () => {
    const { clock, stream } = newRig();
    const end = new AbortController();
    const stdin = new PassThrough();
    stdin.write(SECOND);
    const source = sourceOf(await openStdin(stdin, undefined, end.signal));
    const sending = sendPaced(stream, source, { clock, speed: 0 }, end.signal);
    await settle();
    end.abort();
    await sending;
    expect(stdin.destroyed).toBe(true);
  });

  it('passes on what breaks the input', async () => {
    const { clock, stream, format } = newRig();
    const audio = new PassThrough();
    const sending = sendPaced(stream, { audio, format }, { clock, speed: 1 }, NEVER);
    audio.destroy(new Error('the disk is gone'));
    await expect(sending).rejects.toThrow('the disk is gone');
  });
});
