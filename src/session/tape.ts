/**
 * Tape: the audio and markers of a session that have no outcome yet, in order, replayable.
 *
 * Entries are numbered by `index`, which never starts again; places are session samples. A reader
 * keeps an index of its own. The tape holds what isn't settled, and what no reader has passed yet; it
 * keeps a little before that too, for a stream that has to begin again.
 *
 *   gone │ kept           held: forget()                 append()
 *        │   │              │                               │
 *        ▼   ▼ frame 6      ▼ frame 7 │ finalize │ frame 8 │ gap 9-11 ▼
 */
import type { GapReason } from '../wire/message.ts';
import { Blocks } from './blocks.ts';
import type { AudioEntry, Entry, GapEntry, MarkerEntry } from './entry.ts';

/** Where a tape begins: with the frame after `frame`, `into` samples before all is settled. */
export interface TapeStart {
  readonly frame: number;
  readonly settled: number;
  readonly into: number;
}

const BEGINNING: TapeStart = { frame: 0, settled: 0, into: 0 };

export class Tape {
  #entries: (Entry | undefined)[] = [];
  /** Places in #entries: of the first one kept, and of the first one held. */
  #first = 0;
  #head = 0;
  /** Index of #entries[0]. */
  #base = 0;
  #end: number;
  #frame: number;
  #goneFrame: number;
  #goneEnd: number;
  #heldBytes = 0;
  #heldSamples = 0;
  #gaps = 0;
  #finished = false;
  readonly #blocks = new Blocks();

  constructor(start = BEGINNING) {
    this.#end = start.settled - start.into;
    this.#frame = start.frame;
    this.#goneFrame = start.frame;
    this.#goneEnd = this.#end;
  }

  /** Index of the first entry that is kept. */
  get startIndex(): number {
    return this.#base + this.#first;
  }

  /** Index of the next entry. */
  get endIndex(): number {
    return this.#base + this.#entries.length;
  }

  /** Entries held. */
  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** The session sample after the last entry. */
  get end(): number {
    return this.#end;
  }

  /** Number of the last frame taken in. */
  get frame(): number {
    return this.#frame;
  }

  /** Number of the last frame that is kept no more, whoever has to hear the rest again. */
  get goneFrame(): number {
    return this.#goneFrame;
  }

  /** Where that frame ended: the session sample after it. */
  get goneEnd(): number {
    return this.#goneEnd;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Audio held, in samples; gaps are none. */
  get heldSamples(): number {
    return this.#heldSamples;
  }

  /** Whether `finish` is what came last. */
  get isFinished(): boolean {
    return this.#finished;
  }

  /** Whether any gap is kept. */
  get hasGaps(): boolean {
    return this.#gaps > 0;
  }

  /** Keeps a copy of `bytes`. */
  appendAudio(bytes: Uint8Array, samples: number, arrivedMs: number): void {
    this.#frame += 1;
    const frame = this.#blocks.copy(bytes);
    frame.start = this.#end;
    frame.samples = samples;
    frame.frame = this.#frame;
    frame.arrivedMs = arrivedMs;
    this.#append(frame);
    this.#heldBytes += bytes.length;
    this.#heldSamples += samples;
  }

  /** Time that is settled already, and of which there is nothing to keep. */
  skip(samples: number): void {
    this.#end += samples;
  }

  /** Adjacent gaps of one reason become one, so that a flood of them takes no room. */
  appendGap(reason: GapReason, samples: number, frames: number): void {
    this.#frame += frames;
    const last = this.length > 0 ? this.#entries.at(-1) : undefined;
    if (last?.kind === 'gap' && last.reason === reason) {
      last.samples += samples;
      last.frame = this.#frame;
      this.#end += samples;
      return;
    }
    this.#append({ kind: 'gap', start: this.#end, samples, frame: this.#frame, reason });
    this.#gaps += 1;
  }

  /** Answers false, and keeps nothing, when the same marker already stands here. */
  appendMarker(kind: MarkerEntry['kind']): boolean {
    if (this.length > 0 && this.#entries.at(-1)?.kind === kind) return false;
    this.#append({ kind, start: this.#end, samples: 0 });
    return true;
  }

  #append(entry: Entry): void {
    this.#entries.push(entry);
    this.#end += entry.samples;
    this.#finished = entry.kind === 'finish';
  }

  /** The entry at `index`, or undefined past the end. Earlier than the head is a bug of the caller. */
  at(index: number): Entry | undefined {
    return this.#entries[index - this.#base];
  }

  /** The index of the first entry that ends after `sample`, or of the first marker that stands there. */
  indexAt(sample: number): number {
    let index = this.startIndex;
    for (let entry = this.at(index); entry !== undefined; index++, entry = this.at(index)) {
      const passed =
        entry.samples === 0 ? entry.start < sample : entry.start + entry.samples <= sample;
      if (!passed) return index;
    }
    return index;
  }

  /** The kept entries that begin before `sample`, oldest first. */
  *before(sample: number): Generator<Entry> {
    for (let at = this.#first; at < this.#entries.length; at++) {
      const entry = this.#entries[at];
      if (entry === undefined || entry.start >= sample) return;
      yield entry;
    }
  }

  /** Samples of audio, not of gaps, in [from, to). */
  audioBetween(from: number, to: number): number {
    let samples = 0;
    // Not by before(): an object for each entry would be the collector's.
    for (let at = this.#first; at < this.#entries.length; at++) {
      const entry = this.#entries[at];
      if (entry === undefined || entry.start >= to) break;
      if (entry.kind !== 'audio') continue;
      const low = Math.max(from, entry.start);
      const high = Math.min(to, entry.start + entry.samples);
      if (high > low) samples += high - low;
    }
    return samples;
  }

  /** When the frame that holds the sample before `end` came in, or undefined when it is gone. */
  arrivedMs(end: number): number | undefined {
    let [low, high] = [this.#first, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.start ?? end) < end) low = middle + 1;
      else high = middle;
    }
    for (let at = low - 1; at >= this.#first; at--) {
      const entry = this.#entries[at];
      if (entry?.kind === 'audio') return entry.arrivedMs;
    }
    return undefined;
  }

  /** Holds no more what ends at or before `settled` and comes before the reader at `index`; keeps it from `kept` on. */
  forget(settled: number, index: number, kept = settled): void {
    while (this.#head < this.#entries.length && this.#base + this.#head < index) {
      const entry = this.#entries[this.#head];
      if (entry === undefined || entry.start + entry.samples > settled) break;
      if (entry.kind === 'audio') {
        this.#heldBytes -= entry.audio.length;
        this.#heldSamples -= entry.samples;
      }
      this.#head += 1;
    }
    this.#drop(kept);
    this.#compact();
  }

  /** Keeps nothing any more: nobody reads it. */
  close(): void {
    this.forget(this.#end, this.endIndex);
  }

  /** Keeps no more what is not held and ends at or before `kept`. */
  #drop(kept: number): void {
    while (this.#first < this.#head) {
      const entry = this.#entries[this.#first];
      if (entry === undefined || entry.start + entry.samples > kept) return;
      if (entry.kind === 'audio' || entry.kind === 'gap') this.#leave(entry);
      this.#entries[this.#first] = undefined;
      this.#first += 1;
    }
  }

  #leave(entry: AudioEntry | GapEntry): void {
    this.#goneFrame = entry.frame;
    this.#goneEnd = entry.start + entry.samples;
    if (entry.kind === 'gap') this.#gaps -= 1;
    else this.#blocks.free(entry);
  }

  /** Moves the rest to the front once the forgotten part is the larger one. */
  #compact(): void {
    if (this.#first < 64 || this.#first * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#base += this.#first;
    this.#head -= this.#first;
    this.#first = 0;
  }
}
