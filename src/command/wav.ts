/**
 * WAV: the audio in a file or a pipe, and what is said about it, with bounded memory.
 *
 * Walks the chunks of a RIFF file up to `data`, whatever stands before it. Only what Earshot's
 * protocol serves passes: one channel of 16-bit PCM or mu-law. It knows no file and no session.
 */
import type { Encoding } from '../wire/limits.ts';
import { SAMPLE_BYTES, samplesOf } from '../wire/limits.ts';

export interface AudioFormat {
  readonly encoding: Encoding;
  /** 8,000..48,000. */
  readonly sampleRateHertz: number;
}

export interface WavAudio {
  readonly format: AudioFormat;
  /** What the header promises; undefined when it was written before the length was known. */
  readonly audioBytes: number | undefined;
}

/** Why a WAV can't be streamed, as the end of a sentence that begins with its name. */
export interface WavFault {
  readonly fault: string;
  /** It is sound as a file, and a converter would help. */
  readonly convertible: boolean;
}

export const RATE_MIN = 8_000;
export const RATE_MAX = 48_000;

/** An `fmt ` chunk has 16, 18 or 40 bytes. */
const FORMAT_BYTES_MAX = 4_096;

/** Chunks before `data`; a file with more is no WAV that anybody wrote. */
const CHUNKS_MAX = 1_000;

/** Bytes from a source of chunks, counted and by number. Holds one chunk and what was asked for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);
  /** Bytes taken or skipped so far. */
  offset = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next `bytes`, still to be taken; fewer when the source ends before. */
  async peek(bytes: number): Promise<Uint8Array> {
    while (this.#held.byteLength < bytes) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      this.#held = joined(this.#held, next.value);
    }
    return this.#held.subarray(0, bytes);
  }

  /** The next `bytes`; fewer when the source ends before. */
  async take(bytes: number): Promise<Uint8Array> {
    const taken = await this.peek(bytes);
    this.#held = this.#held.subarray(taken.byteLength);
    this.offset += taken.byteLength;
    return taken;
  }

  async skip(bytes: number): Promise<void> {
    for await (const _ of this.rest(bytes));
  }

  /** What follows, at most `bytesMax`, in pieces of any length. */
  async *rest(bytesMax = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array, void, undefined> {
    let left = bytesMax;
    while (left > 0) {
      if (this.#held.byteLength === 0) await this.peek(1);
      const piece = this.#held.subarray(0, left);
      if (piece.byteLength === 0) return;
      this.#held = this.#held.subarray(piece.byteLength);
      this.offset += piece.byteLength;
      left -= piece.byteLength;
      yield piece;
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.byteLength === 0) return second;
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}

/** Whether a RIFF header comes next, of any kind. */
export async function isRiff(reader: ByteReader): Promise<boolean> {
  return ['RIFF', 'RIFX', 'RF64'].includes(ascii(await reader.peek(4)));
}

/** Reads up to the first byte of audio. */
export async function readWav(reader: ByteReader): Promise<WavAudio | WavFault> {
  const fault = faultOf(await reader.take(12));
  if (fault !== undefined) return fault;
  let format: AudioFormat | WavFault | undefined;
  for (let i = 0; i < CHUNKS_MAX; i++) {
    const chunk = await reader.take(8);
    if (chunk.byteLength < 8) break;
    const id = ascii(chunk.subarray(0, 4));
    const bytes = viewOf(chunk).getUint32(4, true);
    if (id === 'data') return audioOf(format, bytes);
    if (id === 'fmt ') format = await readFormat(reader, bytes);
    else await reader.skip(padded(bytes));
  }
  return unsound('is a WAV without audio');
}

function faultOf(header: Uint8Array): WavFault | undefined {
  switch (`${ascii(header.subarray(0, 4))}/${ascii(header.subarray(8))}`) {
    case 'RIFF/WAVE':
    case 'RF64/WAVE':
      return undefined;
    case 'RIFX/WAVE':
      return unserved('is a WAV with its bytes the other way round (RIFX)');
    default:
      return unserved('is not a WAV file (raw 16-bit PCM needs --rate)');
  }
}

async function readFormat(reader: ByteReader, bytes: number): Promise<AudioFormat | WavFault> {
  const whole = bytes <= FORMAT_BYTES_MAX;
  const chunk = await reader.take(whole ? padded(bytes) : 0);
  if (chunk.byteLength < 16) return unsound('is a WAV with a broken header');
  return parseFormat(viewOf(chunk));
}

/** Chunks begin at even places. */
function padded(bytes: number): number {
  return bytes + (bytes % 2);
}

/** Writers to a pipe can't know the length, and leave 0 or all ones. */
function audioOf(format: AudioFormat | WavFault | undefined, bytes: number): WavAudio | WavFault {
  if (format === undefined) return unsound('is a WAV whose audio comes before its format');
  if ('fault' in format) return format;
  const known = bytes !== 0 && bytes !== 0xff_ff_ff_ff;
  return { format, audioBytes: known ? bytes : undefined };
}

const PCM = 1;
const MULAW = 7;
const EXTENSIBLE = 0xff_fe;

const TAGS: { readonly [tag: number]: string } = {
  2: 'Microsoft ADPCM',
  3: 'floating point',
  6: 'A-law',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG audio',
  85: 'MP3',
};

function parseFormat(view: DataView): AudioFormat | WavFault {
  const tag = tagOf(view);
  const channels = view.getUint16(2, true);
  const sampleRateHertz = view.getUint32(4, true);
  const bits = view.getUint16(14, true);
  const encoding = encodingOf(tag, bits);
  if (encoding === undefined) {
    const name = tag === PCM ? `${bits}-bit PCM` : (TAGS[tag] ?? `format ${tag}`);
    return unserved(`holds ${name}, expected 16-bit PCM or 8-bit mu-law`);
  }
  if (channels !== 1) return unserved(`has ${channels} channels, expected 1`);
  if (sampleRateHertz < RATE_MIN || sampleRateHertz > RATE_MAX) {
    return unserved(`has ${sampleRateHertz} samples a second, expected ${RATE_MIN} to ${RATE_MAX}`);
  }
  return { encoding, sampleRateHertz };
}

/** WAVE_FORMAT_EXTENSIBLE keeps the tag in the first two bytes of its sub-format. */
function tagOf(view: DataView): number {
  const tag = view.getUint16(0, true);
  return tag === EXTENSIBLE && view.byteLength >= 26 ? view.getUint16(24, true) : tag;
}

function encodingOf(tag: number, bits: number): Encoding | undefined {
  if (tag === PCM && bits === 16) return 'LINEAR16';
  return tag === MULAW && bits === 8 ? 'MULAW' : undefined;
}

function unserved(fault: string): WavFault {
  return { fault, convertible: true };
}

function unsound(fault: string): WavFault {
  return { fault, convertible: false };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Bytes of `ms` of audio, in whole samples. */
export function bytesOf(ms: number, { encoding, sampleRateHertz }: AudioFormat): number {
  return samplesOf(ms, sampleRateHertz) * SAMPLE_BYTES[encoding];
}

/**
 * Cuts audio into frames of `frameMs`, the last as short as it comes out; half a sample at the end
 * is left out. A frame is valid until the next is asked for.
 */
export async function* framesOf(
  audio: AsyncIterable<Uint8Array>,
  format: AudioFormat,
  frameMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const frame = new Uint8Array(bytesOf(frameMs, format));
  let filled = 0;
  for await (const piece of audio) {
    for (let at = 0; at < piece.byteLength; ) {
      const part = piece.subarray(at, at + frame.byteLength - filled);
      frame.set(part, filled);
      filled += part.byteLength;
      at += part.byteLength;
      if (filled < frame.byteLength) continue;
      yield frame;
      filled = 0;
    }
  }
  const whole = filled - (filled % SAMPLE_BYTES[format.encoding]);
  if (whole > 0) yield frame.subarray(0, whole);
}
