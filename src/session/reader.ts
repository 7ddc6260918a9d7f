/**
 * Reader: a place on the tape up to which a stream has been given audio.
 *
 * It may rest: then nothing is to be read until more comes than it has to hear again, or a cut.
 * What another stream has heard and settled may be forgotten before this one has come so far: then
 * it goes on with what is kept.
 */
import type { AudioEntry, Entry } from './entry.ts';
import type { Tape } from './tape.ts';

export interface Rest {
  /** It rests while the tape ends at this session sample. */
  readonly until?: number;
  /** Samples before its place that a stream which begins there hears again. */
  readonly lead?: number;
}

export class Reader {
  readonly #tape: Tape;
  readonly #until: number | undefined;
  readonly #lead: number;
  #index: number;
  #at: number;
  /** Markers before this index are passed already. */
  #passed = 0;

  /** Begins with the entry that holds session sample `from`, or with a marker that stands there. */
  constructor(tape: Tape, from: number, { until, lead = 0 }: Rest = {}) {
    this.#tape = tape;
    this.#until = until;
    this.#lead = lead;
    this.#index = tape.indexAt(from);
    this.#at = from;
  }

  /** The entry to read next, or undefined at the end of the tape, or while it rests. */
  get entry(): Entry | undefined {
    const entry = this.#tape.at(this.index);
    return entry?.kind === 'audio' && this.#rests() ? undefined : entry;
  }

  /** Its index on the tape. What came later, but lies before the place of the reader, is passed over. */
  get index(): number {
    let index = Math.max(this.#index, this.#tape.startIndex);
    while (this.#isBehind(this.#tape.at(index), index)) index += 1;
    return index;
  }

  /** The session sample that the unread part begins with. */
  get at(): number {
    if (this.#index >= this.#tape.startIndex) return this.#at;
    return Math.max(this.#at, this.#tape.at(this.index)?.start ?? this.#tape.end);
  }

  /** Whether any audio is still to be read. */
  get hasAudio(): boolean {
    return !this.#rests() && this.#finds(this.index, () => true, 'audio');
  }

  /** Whether behind the next entry stands a marker that cuts. */
  get hasCutAhead(): boolean {
    return this.#finds(this.index + 1, () => true, 'finalize', 'finish');
  }

  #rests(): boolean {
    const place = this.#until;
    if (place === undefined || this.#tape.end > place) return false;
    return !this.#finds(this.index, ({ start }) => start >= place, 'finalize', 'finish');
  }

  #isBehind(entry: Entry | undefined, index: number): boolean {
    if (entry === undefined) return false;
    if (entry.samples === 0) return index < this.#passed;
    return entry.start + entry.samples <= this.#at;
  }

  #finds(from: number, fits: (entry: Entry) => boolean, ...kinds: Entry['kind'][]): boolean {
    for (let index = from; index < this.#tape.endIndex; index++) {
      const entry = this.#tape.at(index);
      if (entry !== undefined && kinds.includes(entry.kind) && fits(entry)) return true;
    }
    return false;
  }

  /** The session sample that the unread part of a frame begins with. */
  startOf(entry: AudioEntry): number {
    return Math.max(entry.start, this.at);
  }

  /** Goes on with the entry that holds session sample `place`, unless it has come so far. */
  skipTo(place: number): void {
    if (place <= this.at) return;
    this.#index = this.#tape.indexAt(place);
    this.#at = place;
  }

  /** For a stream that begins here: it hears the lead too, but no marker that was passed already. */
  begin(): Reader {
    const reader = new Reader(this.#tape, Math.max(0, this.at - this.#lead));
    reader.#passed = this.index;
    return reader;
  }

  /** Goes on behind `entry`, the one to read next, or in it, with session sample `to`. */
  pass(entry: Entry, to = entry.start + entry.samples): void {
    const isIn = to < entry.start + entry.samples;
    this.#index = isIn ? this.index : this.index + 1;
    this.#at = Math.max(this.#at, to);
  }
}

/** Counts the streams of a session, and what more than one of them hears, each further time. */
export class Replays {
  #furthest = 0;
  #samples = 0;
  #streams = 0;

  get streams(): number {
    return this.#streams;
  }

  get samples(): number {
    return this.#samples;
  }

  /** The session sample up to which any of them has heard. */
  get furthest(): number {
    return this.#furthest;
  }

  /** A stream was opened. */
  open(): void {
    this.#streams += 1;
  }

  /** A stream hears [start, end). Answers whether none has heard any of it before. */
  hear(start: number, end: number): boolean {
    const isFirst = start >= this.#furthest;
    this.#samples += Math.max(0, Math.min(end, this.#furthest) - start);
    this.#furthest = Math.max(this.#furthest, end);
    return isFirst;
  }
}
