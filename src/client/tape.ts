/**
 * Tape: audio that may still be needed, in the order it was spoken, and the markers between.
 *
 *   [ sent, unsettled ........ | not sent yet ........ ]
 *     numbered                   take() sends from here while the window allows
 *
 * It is bounded in ms: past the bound the oldest frames not sent yet become one gap that says how
 * much went. Knows no socket and no time.
 */

import type { Encoding } from '../wire/limits.ts';
import { FRAME_BYTES_MAX, msOf, SAMPLE_BYTES, samplesOf } from '../wire/limits.ts';
import type { ClientMessage } from '../wire/message.ts';

/** A `gap` of the wire says at most this; more takes several. */
const GAP_MS_MAX = 86_400_000;

/** Entries held, whatever their length: 90 s of frames of 5 ms, with room. */
const ENTRIES_MAX = 20_000;

/**
 * Of the store, for audio that was sent. A server settles before it takes more than that (its tape
 * and window are below); where the store is too small, copies go rather than what was never sent.
 */
const SENT_SHARE_MAX = 0.75;

export type Marker = Extract<ClientMessage, { type: 'gap' | 'finalize' | 'finish' }>;

/** `number` is 0 until it is sent. A `copyless` frame was sent, but its audio had to go since. */
type Entry =
  | { readonly kind: 'frame'; readonly audio: Uint8Array; readonly number: number }
  | { readonly kind: 'copyless'; readonly samples: number; readonly number: number }
  | { readonly kind: 'gap'; ms: number; samples: number; readonly number: number }
  | { readonly kind: 'finalize' | 'finish' };

type Frame = Extract<Entry, { kind: 'frame' }>;
type Lost = Extract<Entry, { kind: 'gap' }>;

export interface TapeOptions {
  readonly encoding: Encoding;
  readonly sampleRateHertz: number;
  /** Audio held, sent or not. */
  readonly storeMs: number;
}

/** What `ready` allows. */
export interface Terms {
  /** The number of the next frame. */
  readonly frame: number;
  readonly windowMs: number;
  readonly maxFrameMs: number;
  readonly maxFrameBytes: number;
}

export class Tape {
  readonly #rate: number;
  readonly #sampleBytes: number;
  readonly #samplesMax: number;
  readonly #sentSamplesMax: number;
  readonly #entries: Entry[] = [];
  /** How many entries, from the first, have been sent. */
  #sent = 0;
  #number = 1;
  #received = 0;
  /** Samples in a frame; `ready` may lower it. */
  #frameSamplesMax: number;
  #windowSamples = 0;
  /** Sent beyond `received`. */
  #outstandingSamples = 0;
  /** Audio that is held and was sent; audio that wasn't. */
  #sentSamples = 0;
  #unsentSamples = 0;
  /** Lost, but too short for the ms that gaps are counted in: the next gap brings it. */
  #undeclaredSamples = 0;

  constructor(options: TapeOptions) {
    this.#rate = options.sampleRateHertz;
    this.#sampleBytes = SAMPLE_BYTES[options.encoding];
    this.#samplesMax = samplesOf(options.storeMs, this.#rate);
    this.#sentSamplesMax = this.#samplesMax * SENT_SHARE_MAX;
    this.#frameSamplesMax = FRAME_BYTES_MAX / this.#sampleBytes;
  }

  get unsentMs(): number {
    return msOf(this.#unsentSamples, this.#rate);
  }

  /** Nothing may follow any more. */
  get finished(): boolean {
    return this.#entries.at(-1)?.kind === 'finish';
  }

  /** Takes ownership of `audio`: whole samples, at least one. */
  append(audio: Uint8Array): void {
    this.#unsentSamples += this.#samplesIn(audio);
    const bytesMax = this.#frameSamplesMax * this.#sampleBytes;
    for (let at = 0; at < audio.byteLength; at += bytesMax) {
      const piece = audio.subarray(at, at + bytesMax);
      this.#entries.push({ kind: 'frame', audio: piece, number: 0 });
    }
  }

  /** `finalize` says nothing new right after another that waits. */
  mark(kind: 'finalize' | 'finish'): void {
    const waiting = this.#entries.length > this.#sent;
    if (kind === 'finalize' && waiting && this.#entries.at(-1)?.kind === kind) return;
    this.#entries.push({ kind });
  }

  /** The caller's own gap, `ms` long. */
  gap(ms: number): void {
    let from = this.#entries.length;
    while (from > this.#sent && !isAudio(this.#entries[from - 1])) from -= 1;
    this.#loseRange(from, this.#entries.length, { kind: 'gap', ms, samples: 0, number: 0 });
  }

  admit(terms: Terms): void {
    const bytesMax = Math.floor(terms.maxFrameBytes / this.#sampleBytes);
    const lengthMax = samplesOf(terms.maxFrameMs, this.#rate);
    this.#frameSamplesMax = Math.max(1, Math.min(bytesMax, lengthMax));
    this.#number = terms.frame;
    this.acknowledge(terms.frame - 1, terms.windowMs);
  }

  acknowledge(received: number, windowMs: number): void {
    this.#received = Math.max(this.#received, received);
    this.#windowSamples = samplesOf(windowMs, this.#rate);
    this.#outstandingSamples = 0;
    for (const entry of this.#entries.slice(0, this.#sent).reverse()) {
      if ('number' in entry && entry.number <= this.#received) break;
      this.#outstandingSamples += this.#samplesOf(entry);
    }
  }

  /**
   * Everything up to frame `settled` has its outcome. A marker right behind it stays, since it
   * stands at the end of that frame and a resume would have to repeat it.
   */
  settle(settled: number): void {
    let gone = 0;
    for (let i = 0; i < this.#sent; i++) {
      const entry = this.#entries[i];
      if (entry === undefined || !('number' in entry)) continue;
      if (entry.number > settled) break;
      if (entry.kind === 'frame') this.#sentSamples -= this.#samplesOf(entry);
      gone = i + 1;
    }
    this.#entries.splice(0, gone);
    this.#sent -= gone;
  }

  /** What is to be sent now, as sent from here on; undefined when nothing is, or may be. */
  take(): Uint8Array | Marker | undefined {
    const entry = this.#entries[this.#sent];
    switch (entry?.kind) {
      case 'frame':
        return this.#takeFrame(entry);
      case 'gap':
        return this.#takeGap(entry);
      case 'finalize':
      case 'finish':
        this.#sent += 1;
        return { type: entry.kind };
      default:
        return undefined;
    }
  }

  /** Keeps to the bounds. Call it when take() has answered undefined. */
  trim(): void {
    for (let i = 0; i < this.#sent && this.#sentSamples > this.#sentSamplesMax; i++) {
      const entry = this.#entries[i];
      if (entry?.kind !== 'frame') continue;
      const samples = this.#samplesOf(entry);
      this.#entries[i] = { kind: 'copyless', samples, number: entry.number };
      this.#sentSamples -= samples;
    }
    let room = true;
    while (room && this.#isFull) room = this.#loseUnsent();
  }

  get #isFull(): boolean {
    const full = this.#sentSamples + this.#unsentSamples > this.#samplesMax;
    return full || this.#entries.length > ENTRIES_MAX;
  }

  #takeFrame(entry: Frame): Uint8Array | undefined {
    const samples = this.#pieceOf(entry);
    if (!this.#fits(samples)) return undefined;
    const bytes = samples * this.#sampleBytes;
    const sent: Entry = {
      kind: 'frame',
      audio: entry.audio.subarray(0, bytes),
      number: this.#takeNumber(),
    };
    const pieces: Entry[] = [sent];
    if (bytes < entry.audio.byteLength) {
      pieces.push({ kind: 'frame', audio: entry.audio.subarray(bytes), number: 0 });
    }
    this.#entries.splice(this.#sent, 1, ...pieces);
    this.#sent += 1;
    this.#unsentSamples -= samples;
    this.#sentSamples += samples;
    this.#outstandingSamples += samples;
    return sent.audio;
  }

  /** A gap that grows while the window is closed is said once, with the frame that follows it. */
  #takeGap(gap: Lost): Uint8Array | Marker | undefined {
    const behind = this.#entries[this.#sent + 1];
    if (behind?.kind === 'frame' && !this.#fits(this.#pieceOf(behind))) return undefined;
    const samples = gap.samples + this.#undeclaredSamples;
    const lostMs = msOf(samples, this.#rate);
    this.#undeclaredSamples = samples - samplesOf(lostMs, this.#rate);
    const ms = Math.min(GAP_MS_MAX, gap.ms + lostMs);
    const restMs = gap.ms + lostMs - ms;
    if (ms === 0) {
      this.#entries.splice(this.#sent, 1);
      return this.take();
    }
    const pieces: Entry[] = [{ kind: 'gap', ms, samples: 0, number: this.#takeNumber() }];
    if (restMs > 0) pieces.push({ kind: 'gap', ms: restMs, samples: 0, number: 0 });
    this.#entries.splice(this.#sent, 1, ...pieces);
    this.#sent += 1;
    return { type: 'gap', ms, frames: 1 };
  }

  #takeNumber(): number {
    this.#number += 1;
    return this.#number - 1;
  }

  /** The oldest frame not sent yet becomes a gap. False when there is none. */
  #loseUnsent(): boolean {
    let at = this.#sent;
    while (at < this.#entries.length && !isAudio(this.#entries[at])) at += 1;
    const entry = this.#entries[at];
    if (entry === undefined) return false;
    const samples = this.#samplesOf(entry);
    this.#unsentSamples -= samples;
    this.#loseRange(this.#sent, at + 1, { kind: 'gap', ms: 0, samples, number: 0 });
    return true;
  }

  /**
   * Puts one gap in the place of unsent entries. A `finalize` among them comes before it: between
   * two lost stretches there is nothing to settle, and so the markers of a long outage stay few.
   */
  #loseRange(from: number, to: number, gap: Lost): void {
    const finalizes: Entry[] = [];
    for (const entry of this.#entries.slice(from, to)) {
      if (entry.kind === 'gap') {
        gap.ms += entry.ms;
        gap.samples += entry.samples;
      }
      if (entry.kind === 'finalize' && finalizes.length === 0) finalizes.push(entry);
    }
    this.#entries.splice(from, to - from, ...finalizes, gap);
  }

  /** With nothing outstanding one frame may be longer than the window, unless that is 0. */
  #fits(samples: number): boolean {
    if (this.#windowSamples === 0 || this.#sent >= ENTRIES_MAX) return false;
    if (this.#outstandingSamples === 0) return true;
    return this.#outstandingSamples + samples <= this.#windowSamples;
  }

  #pieceOf(entry: Frame): number {
    return Math.min(this.#samplesOf(entry), this.#frameSamplesMax);
  }

  #samplesOf(entry: Entry): number {
    if (entry.kind === 'frame') return this.#samplesIn(entry.audio);
    return entry.kind === 'copyless' ? entry.samples : 0;
  }

  #samplesIn(audio: Uint8Array): number {
    return audio.byteLength / this.#sampleBytes;
  }
}

function isAudio(entry: Entry | undefined): boolean {
  return entry?.kind === 'frame';
}
