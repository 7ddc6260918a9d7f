/**
 * Sent: what the scripted client has sent or has to send, numbered, so that it can send it again.
 */
import { msOf } from '../../src/wire/limits.ts';
import type { Json } from './case.ts';

/** Samples a second of all audio that the kit sends: LINEAR16. */
export const RATE = 16_000;

interface Entry {
  readonly what: Uint8Array | Json;
  /** The numbers that it takes: 0 for a marker. */
  readonly frames: number;
  /** Of the session; and audio alone. */
  readonly samples: number;
  readonly audio: number;
}

export class Sent {
  readonly #entries: Entry[] = [];
  #next = 0;
  /** By number, from 0: audio in samples up to its end. Of all that is sent or waits. */
  readonly #audio: number[] = [0];
  #samples = 0;
  /** What gaps declared. */
  missingMs = 0;

  /** `wrapped`: how the frame is said, unless it is the binary message itself. */
  frame(audio: Uint8Array, wrapped?: Json): void {
    const samples = audio.byteLength / 2;
    this.#push({ what: wrapped ?? audio, frames: 1, samples, audio: samples });
  }

  /** A `gap`, `finalize` or `finish`. */
  mark(message: Json): void {
    const isGap = message['type'] === 'gap';
    const ms = isGap ? Number(message['ms']) : 0;
    this.missingMs += ms;
    const frames = isGap ? Number(message['frames'] ?? 1) : 0;
    this.#push({ what: message, frames, samples: (ms * RATE) / 1000, audio: 0 });
  }

  /** The next to send, if at most so much audio may be outstanding; it counts as sent. */
  take(received: number, windowMs: number): Uint8Array | Json | undefined {
    const entry = this.#entries[this.#next];
    if (entry === undefined || !this.#fits(entry, received, windowMs)) return undefined;
    this.#next += 1;
    return entry.what;
  }

  get waiting(): number {
    return this.#entries.length - this.#next;
  }

  /** From frame `frame` on, and the markers right before it, all is to be sent again. */
  again(frame: number): void {
    let number = 0;
    let from = 0;
    for (const [at, { frames }] of this.#entries.entries()) {
      number += frames;
      if (number >= frame) break;
      if (frames > 0) from = at + 1;
    }
    this.#next = Math.min(this.#next, from);
  }

  /** How many frames and gaps there are. */
  get count(): number {
    return this.#audio.length - 1;
  }

  get endMs(): number {
    return msOf(this.#samples, RATE);
  }

  audioUpTo(number: number): number {
    return this.#audio[number] ?? 0;
  }

  #push(entry: Entry): void {
    this.#entries.push(entry);
    const before = this.#audio.at(-1) ?? 0;
    for (let n = 0; n < entry.frames; n++) this.#audio.push(before + entry.audio);
    this.#samples += entry.samples;
  }

  #fits({ audio }: Entry, received: number, windowMs: number): boolean {
    if (audio === 0) return true;
    const before = this.#entries.slice(0, this.#next).reduce((sum, each) => sum + each.audio, 0);
    const outstanding = before - this.audioUpTo(received);
    if (windowMs > 0 && outstanding === 0) return true;
    return outstanding + audio <= (windowMs * RATE) / 1000;
  }
}
