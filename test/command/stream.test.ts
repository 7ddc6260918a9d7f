import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stream } from '../../src/client/client.ts';
import { systemClock } from '../../src/clock.ts';
import type { StreamCommandOptions, StreamCommandPorts } from '../../src/command/stream.ts';
import { streamCommand } from '../../src/command/stream.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { scripted } from '../fakes/fake-socket.ts';
import { FakeTerminal } from '../fakes/fake-terminal.ts';
import type { Script } from '../fakes/scripted-server.ts';
import { READY, ScriptedServer, Seen, transcriber } from '../fakes/scripted-server.ts';
import { wavOf } from '../fakes/wav-file.ts';

const OPTIONS: StreamCommandOptions = {
  file: '-',
  url: 'ws://127.0.0.1:8080/v1/stream',
  speed: 1,
  json: false,
  language: 'en-US',
};

const TWO_SECONDS = new Uint8Array(64_000);

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-stream-'));
});

afterEach(() => rm(folder, { recursive: true }));

interface Rig {
  readonly clock: FakeClock;
  readonly terminal: FakeTerminal;
  readonly complaints: FakeTerminal;
  readonly seen: Seen;
  /** Runs the command in virtual time; the exit code, and how long it took. */
  run(options?: Partial<StreamCommandOptions>, stdin?: Readable, stop?: AbortSignal): Promise<Run>;
}

interface Run {
  readonly code: number;
  readonly tookMs: number;
}

/** How long a command may take: far more than any here. */
const RUN_MS_MAX = 600_000;

function newRig(seams: { script?: Script; out?: boolean; err?: boolean } = {}): Rig {
  const clock = new FakeClock();
  const seen = new Seen();
  const terminal = new FakeTerminal(seams.out ?? false);
  const complaints = new FakeTerminal(seams.err ?? false);
  const script = seams.script ?? transcriber(seen);
  const connect: StreamCommandPorts['connect'] = (options) =>
    new Stream(options, { clock, random: () => 0.5, open: scripted(script, clock) });
  return {
    clock,
    terminal,
    complaints,
    seen,
    async run(options = {}, stdin = Readable.from([]), stop = undefined) {
      const ports = { clock, terminal, complaints, stdin, connect, stop };
      const startMs = clock.nowMs();
      let done: Run | undefined;
      const running = streamCommand({ ...OPTIONS, ...options }, ports).then((code) => {
        done = { code, tookMs: clock.nowMs() - startMs };
      });
      while (done === undefined && clock.nowMs() < RUN_MS_MAX) await clock.advance(10);
      await running;
      return done ?? { code: -1, tookMs: RUN_MS_MAX };
    },
  };
}

async function wavFile(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'a.wav');
  await writeFile(path, bytes);
  return path;
}

describe('earshot stream', () => {
  it('streams a WAV, prints finals and the summary', async () => {
    const { terminal, complaints, seen, run } = newRig();
    const { code } = await run({ file: await wavFile(wavOf(TWO_SECONDS)) });
    expect(code).toBe(0);
    expect(seen.start).toMatchObject({
      encoding: 'LINEAR16',
      sampleRateHertz: 16_000,
      language: 'en-US',
    });
    expect([seen.frames, seen.bytes]).toEqual([20, 64_000]);
    expect(terminal.screen.slice(0, 4)).toEqual([
      '[00:00.00 → 00:01.00]  utterance 1',
      '[00:01.00 → 00:02.00]  utterance 2',
      '',
      '        received      2.000 s',
    ]);
    expect(terminal.text).not.toContain('\r');
    expect(complaints.text).toBe('');
  });

  it.each([
    [1, 1_900],
    [0.1, 19_000],
    [0, 0],
  ])('takes its time: at speed %f the last frame goes after %i ms', async (speed, lastMs) => {
    const { code, tookMs } = await newRig().run({ speed }, Readable.from([TWO_SECONDS]));
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThanOrEqual(lastMs);
    expect(tookMs).toBeLessThan(lastMs + 100);
  });

  it('prints every message of the server as a line of JSON, and nothing else', async () => {
    const { terminal, run } = newRig();
    const { code } = await run({ json: true, speed: 0 }, Readable.from([TWO_SECONDS]));
    expect(code).toBe(0);
    const messages = terminal.screen.map((line) => JSON.parse(line));
    expect(messages[0]).toEqual(READY);
    expect(messages.at(-1)).toMatchObject({ type: 'summary', receivedMs: 2_000 });
    const finals = messages.filter(({ type }) => type === 'final');
    expect(finals).toHaveLength(2);
  });

  it('shows interims and progress in one live line on a terminal', async () => {
    const { terminal, run } = newRig({ out: true, err: true });
    const { code } = await run({ file: await wavFile(wavOf(TWO_SECONDS)) });
    expect(code).toBe(0);
    expect(terminal.text).toContain('[=====-----]  50 % 00:01.00 / 00:02.00  utter');
    expect(terminal.screen.slice(0, 3)).toEqual([
      '[00:00.00 → 00:01.00]  utterance 1',
      '[00:01.00 → 00:02.00]  utterance 2',
      '',
    ]);
  });

  it('shows progress on standard error when the transcript goes to a file', async () => {
    const { terminal, complaints, run } = newRig({ err: true });
    await run({ file: await wavFile(wavOf(TWO_SECONDS)), json: true });
    expect(complaints.text).toContain('[==========] 100 % 00:02.00 / 00:02.00');
    expect(complaints.screen).toEqual([]);
    expect(terminal.text).not.toContain('\r');
  });

  it('reads a pipe that stalls, until it ends', async () => {
    const { clock, seen, run } = newRig();
    const stdin = new PassThrough();
    stdin.write(TWO_SECONDS);
    clock.after(30_000, () => stdin.end(TWO_SECONDS.subarray(0, 3_200)));
    const { code, tookMs } = await run({}, stdin);
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThan(30_000);
    expect(seen.bytes).toBe(67_200);
    const keepalives = seen.messages.filter(({ type }) => type === 'keepalive');
    expect(keepalives.length).toBeGreaterThan(1);
  });

  it('ends the input of a pipe without end when told to stop, and sums up what came', async () => {
    const { clock, terminal, seen, run } = newRig();
    const endless = (async function* () {
      await Promise.resolve();
      while (true) yield TWO_SECONDS;
    })();
    const stop = new AbortController();
    clock.after(5_000, () => stop.abort());
    const { code, tookMs } = await run({}, Readable.from(endless), stop.signal);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5_500);
    expect(seen.messages.at(-1)).toEqual({ type: 'finish' });
    expect(terminal.text).toContain('never received');
  });

  it('says so when it is told to stop before any audio came', async () => {
    const { clock, complaints, run } = newRig();
    const stop = new AbortController();
    clock.after(1_000, () => stop.abort());
    expect((await run({}, new PassThrough(), stop.signal)).code).toBe(1);
    expect(complaints.text).toBe('earshot stream: stopped before any audio came\n');
  });

  it('says what the server said, with its word, and gives up a stalled pipe', async () => {
    const error = { code: 'upstream_rejected', message: 'no such model', retryable: false };
    const { complaints, run } = newRig({
      script: (peer) => ({
        onFrame: () => undefined,
        onMessage() {
          peer.say(READY);
          peer.say({ type: 'error', ...error });
          peer.close(4507);
        },
      }),
    });
    const stdin = new PassThrough();
    stdin.write(TWO_SECONDS);
    expect((await run({}, stdin)).code).toBe(1);
    expect(complaints.text).toBe('earshot stream: no such model (upstream_rejected)\n');
    expect(stdin.destroyed).toBe(true);
  });

  it('says on standard error why it connects again, and that another session has begun', async () => {
    const error = { code: 'overloaded', message: 'no room', retryable: true, retryAfterMs: 2_100 };
    const seen = new Seen();
    const ordinary = transcriber(seen);
    let connections = 0;
    const { complaints, terminal, run } = newRig({
      script: (peer) => {
        connections += 1;
        if (connections > 1) return ordinary(peer);
        return {
          onFrame: () => undefined,
          onMessage() {
            peer.say(READY);
            peer.say({ type: 'error', ...error });
            peer.close(4003);
          },
        };
      },
    });
    const { code, tookMs } = await run({ speed: 0 }, Readable.from([TWO_SECONDS]));
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThanOrEqual(2_350);
    expect(complaints.screen).toEqual([
      'earshot stream: no room; connecting again in 2.4 s (attempt 1)',
      'earshot stream: another session has begun: its 0 is 00:00.00 of the one before',
    ]);
    expect(terminal.text).toContain('utterance 2');
    expect(seen.bytes).toBe(64_000);
  });

  it('says what is wrong with the input, and asks no server', async () => {
    const { complaints, seen, run } = newRig();
    expect((await run({ file: join(folder, 'no.wav') })).code).toBe(1);
    expect(complaints.text).toContain("no.wav': there is no such file");
    const stereo = await wavFile(wavOf(TWO_SECONDS, { channels: 2 }));
    expect((await run({ file: stereo })).code).toBe(1);
    expect(complaints.text).toContain('has 2 channels, expected 1; convert it by: ffmpeg');
    expect(seen.start).toBeUndefined();
  });

  it.each<[Partial<StreamCommandOptions>, string]>([
    [{ speed: -1 }, '--speed is -1, expected a number from 0 to 1000'],
    [{ speed: Number.NaN }, '--speed is NaN, expected a number from 0 to 1000'],
    [{ rate: 7_999 }, '--rate is 7999, expected an integer from 8000 to 48000'],
    [{ rate: Number.NaN }, '--rate is NaN, expected an integer from 8000 to 48000'],
    [{ url: 'http://h/' }, "--url is 'http://h/', expected ws://HOST:PORT/v1/stream or wss://..."],
    [{ url: 'h:1\x1b' }, "--url is 'h:1 ', expected ws://HOST:PORT/v1/stream or wss://..."],
  ])('answers 2 for %j', async (options, sentence) => {
    const { complaints, run } = newRig();
    expect((await run(options)).code).toBe(2);
    expect(complaints.text).toBe(`earshot stream: ${sentence}\n`);
  });
});

describe('earshot stream over a real socket', () => {
  it('transcribes standard input', async () => {
    const seen = new Seen();
    const server = await ScriptedServer.listen(transcriber(seen));
    const terminal = new FakeTerminal();
    const ports = { clock: systemClock, terminal, complaints: terminal };
    const options = { ...OPTIONS, url: server.url, speed: 0, token: 'tok' };
    const stdin = Readable.from([TWO_SECONDS]);
    expect(await streamCommand(options, { ...ports, stdin })).toBe(0);
    await server.close();
    expect(server.asked).toMatchObject([{ authorization: 'Bearer tok' }]);
    expect(terminal.text).toContain('utterance 2');
  });

  it('says when the server cannot be reached', async () => {
    const server = await ScriptedServer.listen(transcriber());
    const { url } = server;
    await server.close();
    const terminal = new FakeTerminal();
    const ports = { clock: systemClock, terminal, complaints: terminal };
    const stdin = Readable.from([TWO_SECONDS]);
    expect(await streamCommand({ ...OPTIONS, url }, { ...ports, stdin })).toBe(1);
    expect(terminal.text).toContain('nothing listens there: is the server running');
  });
});
