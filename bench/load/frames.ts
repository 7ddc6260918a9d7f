/**
 * Frames: what one session sends: the same masked bytes again and again, but for the stamp.
 *
 * Masking costs the sender as much as unmasking the server; so it is done once.
 */
import type { Stamp } from './stamp.ts';
import { STAMP_BYTES, stampBytes, writeMasked } from './stamp.ts';

export type Form = 'binary' | 'base64';

const MASK = 0x37_fa_21_3d;
const MASK_BYTES = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const FIN = 0x80;
const TEXT = 1;
const BINARY = 2;
const PONG = 10;
const TEXT_BEFORE = '{"type":"audio","content":"';
const TEXT_AFTER = '"}';
const STAMP_CHARS = (STAMP_BYTES * 4) / 3;
/** Speech is about so loud, of 32,768; and gets louder and softer some four times a second. */
const LOUD = 6_000;
const SYLLABLE_SAMPLES = 4_000;

function maskByte(at: number): number {
  return MASK_BYTES[at % 4] ?? 0;
}

function clientFrame(opcode: number, payload: Buffer): Buffer {
  const length = payload.byteLength;
  const head =
    length < 126
      ? Buffer.from([FIN | opcode, 0x80 | length])
      : Buffer.from([FIN | opcode, 0x80 | 126, length >> 8, length & 0xff]);
  const masked = payload.map((byte, at) => byte ^ maskByte(at));
  return Buffer.concat([head, MASK_BYTES, masked]);
}

export function textFrame(text: string): Buffer {
  return clientFrame(TEXT, Buffer.from(text));
}

export function pongFrame(payload: Buffer): Buffer {
  return clientFrame(PONG, payload);
}

/** LINEAR16 at 16 kHz that a loudness detector takes for speech. */
function audioOf(bytes: number, seed: number): Buffer {
  const audio = Buffer.alloc(bytes);
  let state = seed + 1;
  for (let sample = 0; sample * 2 + 1 < bytes; sample++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    const swing = 0.55 + 0.45 * Math.sin((2 * Math.PI * sample) / SYLLABLE_SAMPLES);
    audio.writeInt16LE(Math.round((state / 2 ** 31) * LOUD * swing), sample * 2);
  }
  return audio;
}

export class Frames {
  readonly #form: Form;
  readonly #session: number;
  readonly #frame: Buffer;
  readonly #stampAt: number;
  #nth = 0;

  /** `bytes` of audio each, at least a stamp's. */
  constructor(session: number, bytes: number, form: Form) {
    this.#session = session;
    this.#form = form;
    const audio = audioOf(bytes, session);
    const text = Buffer.from(`${TEXT_BEFORE}${audio.toString('base64')}${TEXT_AFTER}`);
    this.#frame = form === 'binary' ? clientFrame(BINARY, audio) : clientFrame(TEXT, text);
    const payload = form === 'binary' ? audio : text;
    this.#stampAt = this.#frame.byteLength - payload.byteLength;
    if (form === 'base64') this.#stampAt += TEXT_BEFORE.length;
  }

  /** How many were made. */
  get count(): number {
    return this.#nth;
  }

  /** The next one: the same bytes with each call. */
  next(dueMs: number): Buffer {
    this.#nth += 1;
    const stamp = { session: this.#session, nth: this.#nth, dueMs };
    if (this.#form === 'binary') writeMasked(stamp, MASK, this.#frame, this.#stampAt);
    else this.#writeText(stamp);
    return this.#frame;
  }

  #writeText(stamp: Stamp): void {
    const text = stampBytes(stamp).toString('base64');
    for (let at = 0; at < STAMP_CHARS; at++) {
      this.#frame[this.#stampAt + at] = text.charCodeAt(at) ^ maskByte(TEXT_BEFORE.length + at);
    }
  }
}
