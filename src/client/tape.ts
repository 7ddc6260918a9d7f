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
import type { Ready } from '../wire/message.ts';
import type { Entry, Frame, Lost, Marker } from './entry.ts';
import { isAudio, isBefore, loseRange, shorten, splitFrame, splitGap, unsent } from './entry.ts';
import { Window } from './window.ts';

/** Entries held, whatever their length: 90 s of frames of 5 ms, with room. */
const ENTRIES_MAX = 20_000;

/**
 * Of the store, for audio that was sent. A server settles before it takes more than that (its tape
 * and window are below); where the store is too small, copies go rather than what was never sent.
 */
const SENT_SHARE_MAX = 0.75;

export interface TapeOptions {
  readonly encoding: Encoding;
  readonly sampleRateHertz: number;
  /** Audio held, sent or not. */
  readonly storeMs: number;
}

/** What `ready` allows. */
export type Terms = Pick<Ready, 'frame' | 'windowMs' | 'maxFrameMs' | 'maxFrameBytes'>;

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
  #settled = 0;
  /** The session's samples before the first entry: settled, and gone from here. */
  #goneSamples = 0;
  readonly #window = new Window();
  /** Samples in a frame; `ready` may lower it. */
  #frameSamplesMax: number;
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

  /** The number that the next frame or gap will have. */
  get next(): number {
    return this.#number;
  }

  get unsentMs(): number {
    return msOf(this.#unsentSamples, this.#rate);
  }

  /** Nothing may follow any more. */
  get finished(): boolean {
    return this.#entries.at(-1)?.kind === 'finish';
  }

  /** Nothing held here waits for an outcome. */
  get idle(): boolean {
    return this.#entries.every(({ kind }) => kind === 'finalize');
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
    const lost: Lost = { kind: 'gap', ms, samples: 0, number: 0 };
    loseRange(this.#entries, from, this.#entries.length, lost);
  }

  /**
   * A new session takes what is unsettled. Numbers and time begin anew: its 0 is `settledMs` of the
   * session before, and the part of a frame that lies before that is not said again.
   */
  renew(terms: Terms, settledMs: number): void {
    this.#unsend(0);
    this.#cut(samplesOf(settledMs, this.#rate) - this.#goneSamples);
    this.#goneSamples = 0;
    this.#settled = 0;
    this.#admit(terms);
  }

  /**
   * The session goes on: every frame and gap from `terms.frame` on is to be sent again, and every
   * marker that stands at or after the end of the frame before it. False, and nothing is done: the
   * server wants what was settled, or what was never sent.
   */
  resume(terms: Terms): boolean {
    if (terms.frame <= this.#settled || terms.frame > this.#number) return false;
    let from = this.#sent;
    while (from > 0 && !isBefore(this.#entries[from - 1], terms.frame)) from -= 1;
    this.#unsend(from);
    this.#admit(terms);
    return true;
  }

  acknowledge(received: number, windowMs: number): void {
    this.#received = Math.max(this.#received, received);
    let outstanding = 0;
    for (const entry of this.#entries.slice(0, this.#sent).reverse()) {
      if ('number' in entry && entry.number <= this.#received) break;
      outstanding += this.#samplesOf(entry);
    }
    this.#window.set(samplesOf(windowMs, this.#rate), outstanding);
  }

  /**
   * Everything up to frame `settled` has its outcome. A marker right behind it stays, since it
   * stands at the end of that frame and a resume would have to repeat it.
   */
  settle(settled: number): void {
    this.#settled = Math.max(this.#settled, settled);
    let gone = 0;
    for (let i = 0; i < this.#sent; i++) {
      const entry = this.#entries[i];
      if (entry === undefined || !('number' in entry)) continue;
      if (entry.number > settled) break;
      if (entry.kind === 'frame') this.#sentSamples -= this.#samplesOf(entry);
      this.#goneSamples +=
        entry.kind === 'gap' ? samplesOf(entry.ms, this.#rate) : this.#samplesOf(entry);
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
        return this.#takeMarker(entry.kind);
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

  /** From `from` on nothing counts as sent any more. */
  #unsend(from: number): void {
    const sent = this.#entries.slice(from, this.#sent);
    for (const entry of sent) {
      if (entry.kind !== 'frame') continue;
      this.#sentSamples -= this.#samplesOf(entry);
      this.#unsentSamples += this.#samplesOf(entry);
    }
    this.#entries.splice(from, sent.length, ...unsent(sent));
    this.#sent = from;
  }

  /** Lets the first `samples` of the first frame or gap go. */
  #cut(samples: number): void {
    const entry = this.#entries.find((each) => 'number' in each);
    if (samples <= 0) return;
    if (entry?.kind === 'gap') shorten(entry, samples, this.#rate);
    if (entry?.kind !== 'frame') return;
    const gone = Math.min(samples, this.#samplesOf(entry));
    const audio = entry.audio.subarray(gone * this.#sampleBytes);
    this.#unsentSamples -= gone;
    const rest = audio.byteLength === 0 ? [] : [{ ...entry, audio }];
    this.#entries.splice(this.#entries.indexOf(entry), 1, ...rest);
  }

  #admit(terms: Terms): void {
    const bytesMax = Math.floor(terms.maxFrameBytes / this.#sampleBytes);
    const lengthMax = samplesOf(terms.maxFrameMs, this.#rate);
    this.#frameSamplesMax = Math.max(1, Math.min(bytesMax, lengthMax));
    this.#number = terms.frame;
    this.#received = terms.frame - 1;
    this.acknowledge(this.#received, terms.windowMs);
  }

  /** Where several stand at one place, the last is enough: a resume repeats it. */
  #takeMarker(kind: 'finalize' | 'finish'): Marker {
    if (this.#entries[this.#sent - 1]?.kind === kind) this.#entries.splice(this.#sent, 1);
    else this.#sent += 1;
    return { type: kind };
  }

  #takeFrame(entry: Frame): Uint8Array | undefined {
    const samples = this.#pieceOf(entry);
    if (!this.#fits(samples)) return undefined;
    const [sent, ...rest] = splitFrame(entry, samples * this.#sampleBytes, this.#number++);
    this.#entries.splice(this.#sent, 1, sent, ...rest);
    this.#sent += 1;
    this.#unsentSamples -= samples;
    this.#sentSamples += samples;
    this.#window.spend(samples);
    return sent.audio;
  }

  /** A gap that grows while the window is closed is said once, with the frame that follows it. */
  #takeGap(gap: Lost): Uint8Array | Marker | undefined {
    const behind = this.#entries[this.#sent + 1];
    if (behind?.kind === 'frame' && !this.#fits(this.#pieceOf(behind))) return undefined;
    const samples = gap.samples + this.#undeclaredSamples;
    const lostMs = msOf(samples, this.#rate);
    this.#undeclaredSamples = samples - samplesOf(lostMs, this.#rate);
    if (gap.ms + lostMs === 0) {
      this.#entries.splice(this.#sent, 1);
      return this.take();
    }
    const [sent, ...rest] = splitGap(gap.ms + lostMs, this.#number++);
    this.#entries.splice(this.#sent, 1, sent, ...rest);
    this.#sent += 1;
    return { type: 'gap', ms: sent.ms, frames: 1 };
  }

  /** The oldest frame not sent yet becomes a gap. False when there is none. */
  #loseUnsent(): boolean {
    let at = this.#sent;
    while (at < this.#entries.length && !isAudio(this.#entries[at])) at += 1;
    const entry = this.#entries[at];
    if (entry === undefined) return false;
    const samples = this.#samplesOf(entry);
    this.#unsentSamples -= samples;
    loseRange(this.#entries, this.#sent, at + 1, { kind: 'gap', ms: 0, samples, number: 0 });
    return true;
  }

  #fits(samples: number): boolean {
    return this.#sent < ENTRIES_MAX && this.#window.fits(samples);
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
