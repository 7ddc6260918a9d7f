/**
 * Input: a file or standard input as audio, sent at its pace.
 *
 * Holds some pieces of it at a time, however long it is. What can't be read or served is an answer:
 * a sentence that says what to do.
 */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import type { Stream } from '../client/client.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { msOf, SAMPLE_BYTES } from '../wire/limits.ts';
import type { AudioFormat, WavFault } from './wav.ts';
import { ByteReader, framesOf, isRiff, readWav } from './wav.ts';

const FRAME_MS = 100;
const RATE_DEFAULT = 16_000;

export interface AudioSource {
  readonly format: AudioFormat;
  /** Undefined while nobody can know. */
  readonly audioMs: number | undefined;
  readonly audio: AsyncIterable<Uint8Array>;
}

/**
 * Opens `file`; the answer is a sentence when it can't be streamed. A WAV says its own rate; without
 * a header it is raw 16-bit PCM of `rate`, which a file must have been given. `signal` ends it: the
 * audio throws then.
 */
export async function openFile(
  file: string,
  rate: number | undefined,
  signal: AbortSignal,
): Promise<AudioSource | string> {
  const handle = await openHandle(file);
  if (typeof handle === 'string') return handle;
  const { size } = await handle.stat();
  const reader = readerOf(handle.createReadStream(), signal);
  if (rate !== undefined && !(await isRiff(reader))) {
    return rawSource(reader, rate, size === 0 ? undefined : size);
  }
  const wav = await readWav(reader);
  if ('fault' in wav) return adviceFor(file, wav);
  const { format, audioBytes = Number.POSITIVE_INFINITY } = wav;
  // A pipe that has a name has no size.
  const bytes = size === 0 ? audioBytes : Math.min(audioBytes, size - reader.offset);
  return { format, audioMs: msIn(bytes, format), audio: reader.rest(audioBytes) };
}

/** Standard input: a WAV, or raw 16-bit PCM of `rate`, 16,000 unless given. */
export async function openStdin(
  stdin: Readable,
  rate: number | undefined,
  signal: AbortSignal,
): Promise<AudioSource | string> {
  const reader = readerOf(stdin, signal);
  if (!(await isRiff(reader))) return rawSource(reader, rate ?? RATE_DEFAULT, undefined);
  const wav = await readWav(reader);
  if ('fault' in wav) return adviceFor('-', wav);
  return { format: wav.format, audioMs: undefined, audio: reader.rest(wav.audioBytes) };
}

async function openHandle(file: string): Promise<FileHandle | string> {
  try {
    const handle = await open(file);
    if (!(await handle.stat()).isDirectory()) return handle;
    await handle.close();
    return `cannot read '${file}': it is a directory`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why = code === 'ENOENT' ? 'there is no such file' : messageOf(error);
    return `cannot read '${file}': ${why}`;
  }
}

function readerOf(readable: Readable, signal: AbortSignal): ByteReader {
  // Who reads learns of an error by reading; after the last read there is nobody to tell.
  readable.on('error', () => undefined);
  return new ByteReader(addAbortSignal(signal, readable));
}

function rawSource(reader: ByteReader, rate: number, bytes: number | undefined): AudioSource {
  const format: AudioFormat = { encoding: 'LINEAR16', sampleRateHertz: rate };
  const audioMs = bytes === undefined ? undefined : msIn(bytes, format);
  return { format, audioMs, audio: reader.rest() };
}

function msIn(bytes: number, { encoding, sampleRateHertz }: AudioFormat): number | undefined {
  if (!Number.isFinite(bytes)) return undefined;
  return msOf(Math.floor(bytes / SAMPLE_BYTES[encoding]), sampleRateHertz);
}

function adviceFor(file: string, { fault, convertible }: WavFault): string {
  if (file === '-') {
    const by = 'ffmpeg -i - -ac 1 -ar 16000 -f s16le -';
    return `standard input ${fault}${convertible ? `; pipe it through: ${by}` : ''}`;
  }
  if (!convertible) return `'${file}' ${fault}`;
  const quoted = `'${file.replaceAll("'", "'\\''")}'`;
  const ffmpeg = `ffmpeg -i ${quoted} -ac 1 -ar 16000 -c:a pcm_s16le mono.wav`;
  const sox = `sox ${quoted} -c 1 -r 16000 -b 16 -e signed-integer mono.wav`;
  return `'${file}' ${fault}; convert it by: ${ffmpeg} (or: ${sox})`;
}

export interface Pace {
  readonly clock: Clock;
  /** Times real time; 0 is as fast as the stream takes it. */
  readonly speed: number;
  /** Told after each frame how much of the source has been written, in ms. */
  onSent?(ms: number): void;
}

/**
 * Writes the source to its end in frames of 100 ms, each at its due time, and holds back when the
 * stream asks. Returns early, and quietly, when `signal` is aborted.
 */
export async function sendPaced(
  stream: Stream,
  { audio, format }: Pick<AudioSource, 'audio' | 'format'>,
  pace: Pace,
  signal: AbortSignal,
): Promise<void> {
  const { clock, speed } = pace;
  const bytesPerMs = (format.sampleRateHertz * SAMPLE_BYTES[format.encoding]) / 1000;
  const startMs = clock.nowMs();
  let sentMs = 0;
  try {
    for await (const frame of framesOf(audio, format, FRAME_MS)) {
      if (speed > 0) await waitUntil(clock, startMs + sentMs / speed, signal);
      if (signal.aborted) return;
      if (!stream.write(frame)) await stream.drained();
      sentMs += frame.byteLength / bytesPerMs;
      pace.onSent?.(sentMs);
    }
  } catch (error) {
    // An aborted source throws, and a stream that has ended says why by itself.
    if (!signal.aborted) throw error;
  }
}

/** Resolves at `dueMs`, or as soon as `signal` is aborted. */
function waitUntil(clock: Clock, dueMs: number, signal: AbortSignal): Promise<void> {
  const delayMs = dueMs - clock.nowMs();
  if (delayMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(delayMs, done);
    signal.addEventListener('abort', done);
  });
}
