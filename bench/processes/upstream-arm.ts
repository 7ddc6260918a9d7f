/**
 * Upstream arm: what one way of calling costs this process, in processor time and in memory.
 *
 *   node upstream-arm.js WAY PORT STREAMS SECONDS
 *
 * All streams send live audio, each at its own moment of the 100 ms. It prints one line of JSON.
 */
import { readFileSync } from 'node:fs';
import { v1 } from '@google-cloud/speech';
import { credentials } from '@grpc/grpc-js';
import { systemClock } from '../../src/clock.ts';
import { Channels } from '../../src/speech/google/channels.ts';
import type { DriverName } from '../../src/speech/google/driver-choice.ts';
import { driversOf } from '../../src/speech/google/drivers.ts';
import { openingOf } from '../../src/speech/google/request.ts';
import type { SpeechConfig } from '../../src/speech/recognizer.ts';

const CHUNK_BYTES = 3_200;
const CHUNK_MS = 100;
/** More than a cache holds: audio of devices isn't in one either. */
const AUDIO_CHUNKS = 4_096;
const SILENCE = new Uint8Array(CHUNK_BYTES);
/** As channels.ts has it. */
const STREAMS_PER_CONNECTION = 90;
/** Before anything is measured: code is compiled, and windows are open. */
const WARM_MS = 3_000;
const MICROSECONDS_PER_TICK = 10_000;

/** What a bench is told of one run. */
export interface Cost {
  readonly chunks: number;
  /** Of audio, with all that only warmed up. */
  readonly bytes: number;
  /** Of processor time, by getrusage and by /proc; the latter is read in steps of 10 ms. */
  readonly usPerChunk: number;
  readonly procUsPerChunk: number;
  readonly rssKbPerStream: number;
  readonly heapKbPerStream: number;
  /** How late the latest chunk was written. */
  readonly lateMs: number;
  readonly answers: number;
}

const CONFIG: SpeechConfig = {
  encoding: 'LINEAR16',
  sampleRateHertz: 16_000,
  languages: ['en-US'],
  interim: true,
  words: true,
  punctuation: true,
  alternatives: 1,
  profanityFilter: false,
  phrases: [],
  model: undefined,
};
const OPENING = openingOf(
  { version: 'v1', project: 'p', location: 'global', model: undefined },
  CONFIG,
);

interface Call {
  write(audio: Uint8Array): void;
  finish(): void;
}

interface Way {
  /** One that ends in another way than well ends the process. */
  open(onAnswer: () => void, onEnd: () => void): Call;
  close(): Promise<void>;
}

function nothing(): Way {
  return {
    open: (_, onEnd) => ({ write: () => undefined, finish: onEnd }),
    close: () => Promise.resolve(),
  };
}

function byDriver(name: DriverName, port: number): Way {
  const place = { host: '127.0.0.1', port, isPlain: true, project: 'p' };
  const channels = new Channels({
    clock: systemClock,
    newDriver: driversOf(name, 'v1', place, systemClock),
    isFailure: () => false,
  });
  return {
    open: (onAnswer, onEnd) => {
      const call = channels.open(OPENING, {
        onMessage: onAnswer,
        onTaken: () => undefined,
        onEnd: (code, text) => {
          if (code !== 0) throw new Error(`a call ended by ${code} ${text}`);
          onEnd();
        },
      });
      if (call === undefined) throw new Error('there are no more channels');
      return { write: (audio) => call.write(audio), finish: () => call.halfClose() };
    },
    close: () => channels.close(),
  };
}

/** As Google's samples have it, but for the pool of clients: one alone would hang. */
function byGoogle(port: number): Way {
  const clients: v1.SpeechClient[] = [];
  let opened = 0;
  return {
    open: (onAnswer, onEnd) => {
      if (opened % STREAMS_PER_CONNECTION === 0) {
        clients.push(
          new v1.SpeechClient({
            apiEndpoint: '127.0.0.1',
            port,
            sslCreds: credentials.createInsecure(),
            projectId: 'p',
            clientOptions: { universeDomain: 'googleapis.com' },
            'grpc.use_local_subchannel_pool': 1,
          }),
        );
      }
      opened += 1;
      const { streamingConfig } = OPENING.first as { streamingConfig: object };
      const stream = clients.at(-1)?.streamingRecognize(streamingConfig);
      if (stream === undefined) throw new Error('there is no client');
      stream.on('data', onAnswer);
      stream.on('end', onEnd);
      return { write: (audio) => stream.write(audio), finish: () => stream.end() };
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

function wayOf(name: string, port: number): Way {
  if (name === 'nothing') return nothing();
  if (name === 'google') return byGoogle(port);
  if (name === 'library' || name === 'http2') return byDriver(name, port);
  throw new Error(`'${name}' is no way to call`);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(ms, resolve));
}

/** Processor time of this process in microseconds, by getrusage and by /proc. */
function spent(): { readonly us: number; readonly procUs: number } {
  const { user, system } = process.cpuUsage();
  // The name of the process, in brackets, may hold spaces.
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { us: user + system, procUs: ticks * MICROSECONDS_PER_TICK };
}

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  return process.memoryUsage();
}

/** Writes what is due until `untilMs`; counts from the due time, so that nothing is left out. */
async function speak(
  calls: readonly Call[],
  audio: readonly Uint8Array[],
  untilMs: number,
): Promise<{ readonly chunks: number; readonly lateMs: number }> {
  const startMs = systemClock.nowMs();
  const everyMs = CHUNK_MS / calls.length;
  const total = Math.floor((untilMs - startMs) / everyMs);
  let chunks = 0;
  let lateMs = 0;
  while (chunks < total) {
    const nowMs = systemClock.nowMs();
    lateMs = Math.max(lateMs, nowMs - (startMs + chunks * everyMs));
    for (; chunks < total && startMs + chunks * everyMs <= nowMs; chunks++) {
      calls[chunks % calls.length]?.write(audio[chunks % audio.length] ?? SILENCE);
    }
    await wait(1);
  }
  return { chunks, lateMs };
}

async function measure(way: Way, streams: number, seconds: number): Promise<Cost> {
  let [answers, ends] = [0, 0];
  const open = (): Call =>
    way.open(
      () => {
        answers += 1;
      },
      () => {
        ends += 1;
      },
    );
  const audio = Array.from({ length: AUDIO_CHUNKS }, () => Buffer.alloc(CHUNK_BYTES, 1));
  const before = memory();
  const calls = Array.from({ length: streams }, open);
  const warm = await speak(calls, audio, systemClock.nowMs() + WARM_MS);
  const after = memory();
  const from = spent();
  const { chunks, lateMs } = await speak(calls, audio, systemClock.nowMs() + seconds * 1000);
  const to = spent();
  for (const call of calls) call.finish();
  while (ends < streams) await wait(10);
  await way.close();
  return {
    chunks,
    bytes: (warm.chunks + chunks) * CHUNK_BYTES,
    usPerChunk: (to.us - from.us) / chunks,
    procUsPerChunk: (to.procUs - from.procUs) / chunks,
    rssKbPerStream: (after.rss - before.rss) / 1024 / streams,
    heapKbPerStream: (after.heapUsed - before.heapUsed) / 1024 / streams,
    lateMs,
    answers,
  };
}

const [name = '', port, streams, seconds] = process.argv.slice(2);
const cost = await measure(wayOf(name, Number(port)), Number(streams), Number(seconds));
process.stdout.write(`${JSON.stringify(cost)}\n`);
