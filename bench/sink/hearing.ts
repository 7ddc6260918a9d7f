/**
 * Hearing: what came through to Google, whose, and how late; and what Google says to it.
 *
 * Stamps say what each frame is and when it was due. An answer carries the time at which it left.
 */
import { frameOf } from '../../src/speech/google/http2/frames.ts';
import type { HistogramData } from '../load/histogram.ts';
import { Histogram } from '../load/histogram.ts';
import { MARK_BYTES, machineMs, readStamp } from '../load/stamp.ts';
import type { Reply, Stream } from './http2-peer.ts';

/** Of 16 kHz, LINEAR16. */
const BYTES_PER_SECOND = 32_000;
/** Finals come at so many seconds, interims at every other one. */
const FINAL_EVERY = 3;
/** Speakers don't pause all at once: each stream's seconds begin elsewhere, by the golden ratio spread evenly. */
const SPREAD = (Math.sqrt(5) - 1) / 2;
const HEAD_BYTES = 5;
/** Field 2 of a request: audio. */
const AUDIO_TAG = 0x12;
const WORDS = 'and so the words of a live line go on'.split(' ');
/** Delays are kept apart by when the audio was due, in parts of this length. */
export const PART_MS = 250;

export interface Heard {
  readonly streams: number;
  readonly bytes: number;
  readonly cpuMs: number;
  /** Frames with a stamp, each once. */
  readonly frames: number;
  readonly lost: number;
  readonly doubled: number;
  /** Frame-in to chunk-out: of the last frame of each chunk, by the part of time in which it was due. */
  readonly delays: { readonly [part: string]: HistogramData };
}

type Encode = (response: object) => Buffer;

/** All that a process hears. */
export class Hearing {
  readonly #encode: Encode;
  readonly #lastOf = new Map<number, number>();
  readonly #delays = new Map<number, Histogram>();
  #streams = 0;
  #bytes = 0;
  #frames = 0;
  #lost = 0;
  #doubled = 0;

  constructor(encode: Encode) {
    this.#encode = encode;
  }

  stream(reply: Reply): Stream {
    this.#streams += 1;
    const phase = ((this.#streams * SPREAD) % 1) * FINAL_EVERY * BYTES_PER_SECOND;
    let rest: Buffer | undefined;
    let heard = 0;
    let said = 0;
    return {
      onData: (bytes) => {
        const all = rest === undefined ? bytes : Buffer.concat([rest, bytes]);
        let at = 0;
        while (at + HEAD_BYTES <= all.byteLength) {
          const end = at + HEAD_BYTES + all.readUInt32BE(at + 1);
          if (end > all.byteLength) break;
          const audio = audioIn(all, at + HEAD_BYTES, end);
          at = end;
          if (audio === undefined) continue;
          this.#hear(audio);
          const before = Math.floor((heard + phase) / BYTES_PER_SECOND);
          heard += audio.byteLength;
          const now = Math.floor((heard + phase) / BYTES_PER_SECOND);
          if (now === before) continue;
          const endS = heard / BYTES_PER_SECOND;
          const isFinal = now % FINAL_EVERY === 0;
          reply.send(frameOf(this.#encode(answerTo(said, endS, isFinal))));
          if (isFinal) said = endS;
        }
        rest = at < all.byteLength ? Buffer.from(all.subarray(at)) : undefined;
      },
      onEnd: () => reply.end(),
    };
  }

  get heard(): Heard {
    const { user, system } = process.cpuUsage();
    return {
      streams: this.#streams,
      bytes: this.#bytes,
      cpuMs: (user + system) / 1000,
      frames: this.#frames,
      lost: this.#lost,
      doubled: this.#doubled,
      delays: Object.fromEntries(Array.from(this.#delays, ([part, each]) => [part, each.data])),
    };
  }

  #hear(audio: Buffer): void {
    this.#bytes += audio.byteLength;
    let dueMs: number | undefined;
    for (let at = audio.indexOf(MARK_BYTES); at >= 0; at = audio.indexOf(MARK_BYTES, at + 24)) {
      const stamp = readStamp(audio, at);
      if (stamp === undefined) break;
      dueMs = stamp.dueMs;
      this.#count(stamp.session, stamp.nth);
    }
    if (dueMs === undefined) return;
    const part = Math.floor(dueMs / PART_MS);
    const delays = this.#delays.get(part) ?? new Histogram();
    this.#delays.set(part, delays);
    delays.add(machineMs() - dueMs);
  }

  #count(session: number, nth: number): void {
    const last = this.#lastOf.get(session) ?? 0;
    if (nth <= last) {
      this.#doubled += 1;
      return;
    }
    this.#lost += nth - last - 1;
    this.#frames += 1;
    this.#lastOf.set(session, nth);
  }
}

/** The audio of a message, if it has any. */
function audioIn(from: Buffer, start: number, end: number): Buffer | undefined {
  if (from[start] !== AUDIO_TAG) return undefined;
  let at = start + 1;
  while (((from[at] ?? 0) & 0x80) !== 0) at += 1;
  return from.subarray(at + 1, end);
}

/** To what was said between two moments, in seconds of the stream. */
function answerTo(fromS: number, endS: number, isFinal: boolean): object {
  const perWord = (endS - fromS) / WORDS.length;
  const words = WORDS.map((text, at) => ({
    word: text,
    startTime: timeOf(fromS + perWord * at),
    endTime: timeOf(fromS + perWord * (at + 0.9)),
  }));
  const transcript = `${WORDS.join(' ')} @${machineMs().toFixed(3)}@`;
  const best = isFinal ? { transcript, confidence: 0.9, words } : { transcript };
  return {
    results: [
      {
        alternatives: [best],
        isFinal,
        stability: isFinal ? 0 : 0.9,
        resultEndTime: timeOf(endS),
        languageCode: 'en-us',
      },
    ],
  };
}

function timeOf(seconds: number): object {
  const whole = Math.floor(seconds);
  return { seconds: whole, nanos: Math.round((seconds - whole) * 1e9) };
}
