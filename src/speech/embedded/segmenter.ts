/**
 * Segmenter: where an utterance begins and ends, from one voice decision a window.
 *
 * Pure: it holds no audio and no model. Places are samples at 16 kHz from the stream's start.
 *
 *   idle ──voice──▶ speaking ──endpoint──▶ ending
 *     ◀──long pause────┘                     │
 *     ◀──any pause───────────────────────────┘
 *
 * What it says tiles the audio: every sample is in one segment or one silence, in order.
 */

export const MODEL_RATE = 16_000;
/** The voice detector decides about this many samples at a time: 32 ms. */
export const WINDOW_SAMPLES = 512;

/** All in samples at 16 kHz. */
export interface SegmenterLimits {
  /** Voice shorter than this starts no segment. */
  readonly onset: number;
  /** Kept before the first voice: the detector is late for soft beginnings. */
  readonly preRoll: number;
  /** Kept after the last voice; at most `pauseShort`. */
  readonly tail: number;
  /** A pause that ends a segment. */
  readonly pause: number;
  /** A pause that ends a segment when an endpoint was asked for. */
  readonly pauseShort: number;
  /** A longer segment is cut: the model repeats itself on long ones. */
  readonly segmentMax: number;
  /** How far back the place of such a cut is looked for. */
  readonly cutSearch: number;
}

const ms = (count: number): number => (count * MODEL_RATE) / 1000;

/** Measured on recorded speech: see the accuracy bench. */
export const SEGMENTER_LIMITS: SegmenterLimits = {
  onset: ms(64),
  preRoll: ms(500),
  tail: ms(200),
  pause: ms(700),
  pauseShort: ms(200),
  segmentMax: ms(15_000),
  cutSearch: ms(7_000),
};

/** From `start` (included) to `end` (not included). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Draft extends Span {
  /** Where the voice began, after `start`. */
  readonly voiceStart: number;
  /** The voice is off for longer than the tail: `end` stays unless it comes back. */
  readonly isPaused: boolean;
}

/** Of a segment the recognizer is asked; silence is settled as it is. */
export type Outcome = Span & { readonly kind: 'segment' | 'silence' };

type State = 'idle' | 'speaking' | 'ending';
type Event = 'voice' | 'endpoint' | 'end';

const NEXT: { readonly [S in State]: { readonly [E in Event]: State } } = {
  idle: { voice: 'speaking', endpoint: 'idle', end: 'idle' },
  speaking: { voice: 'speaking', endpoint: 'ending', end: 'idle' },
  ending: { voice: 'ending', endpoint: 'ending', end: 'idle' },
};

const NONE: readonly Outcome[] = [];

export class Segmenter {
  readonly #limits: SegmenterLimits;
  #state: State = 'idle';
  #heard = 0;
  #settled = 0;
  #spokenFrom = 0;
  /** Where the voice that is on now, or was last, began and ended. */
  #voiceStart = 0;
  #voiceEnd = 0;
  /** The levels of the open segment's windows, its last one at the end. */
  #levels: number[] = [];

  constructor(limits: SegmenterLimits = SEGMENTER_LIMITS) {
    this.#limits = limits;
  }

  /** All before it is in a segment or a silence. */
  get settled(): number {
    return this.#settled;
  }

  /** The open segment as it would be if it ended now; undefined while idle. */
  get draft(): Draft | undefined {
    if (this.#state === 'idle') return undefined;
    const end = this.#endNow();
    return { start: this.#settled, end, voiceStart: this.#spokenFrom, isPaused: end < this.#heard };
  }

  /** One window of WINDOW_SAMPLES; `level` is its loudness in any unit, the same for all. */
  push(voiced: boolean, level: number): readonly Outcome[] {
    const start = this.#heard;
    this.#heard += WINDOW_SAMPLES;
    if (voiced) this.#voice(start);
    if (this.#state === 'idle') return this.#silence(this.#idleUntil());
    this.#levels.push(level);
    if (this.#paused() >= this.#pauseNow()) return this.#end();
    if (this.#heard - this.#settled >= this.#limits.segmentMax) return this.#cut();
    return NONE;
  }

  /** Ends the open segment at the next pause, which may be now. */
  endpoint(): readonly Outcome[] {
    this.#state = NEXT[this.#state].endpoint;
    return this.#state === 'ending' && this.#paused() >= this.#pauseNow() ? this.#end() : NONE;
  }

  /** Nothing follows; `total` samples were heard in all, less than a window beyond the last one. */
  finish(total: number): readonly Outcome[] {
    // Voice that was on at the very end may be a word that was broken off.
    if (this.#state === 'idle' && this.#isVoiceOn()) this.#begin();
    this.#heard = total;
    const last = this.#state === 'idle' ? NONE : this.#end();
    return [...last, ...this.#silence(total)];
  }

  #voice(start: number): void {
    if (start > this.#voiceEnd || start === 0) this.#voiceStart = start;
    this.#voiceEnd = this.#heard;
    const isLong = this.#voiceEnd - this.#voiceStart >= this.#limits.onset;
    if (this.#state === 'idle' && isLong) this.#begin();
  }

  #begin(): void {
    this.#state = NEXT[this.#state].voice;
    this.#spokenFrom = this.#voiceStart;
    this.#levels = [];
  }

  #paused(): number {
    return this.#heard - this.#voiceEnd;
  }

  #pauseNow(): number {
    return this.#state === 'ending' ? this.#limits.pauseShort : this.#limits.pause;
  }

  #endNow(): number {
    return Math.min(this.#heard, this.#voiceEnd + this.#limits.tail);
  }

  #end(): readonly Outcome[] {
    this.#state = NEXT[this.#state].end;
    return this.#segment(this.#endNow());
  }

  #segment(end: number): readonly Outcome[] {
    const start = this.#settled;
    this.#settled = end;
    return [{ kind: 'segment', start, end }];
  }

  /** While idle all but the pre-roll of a segment that may begin now is silence. */
  #idleUntil(): number {
    return (this.#isVoiceOn() ? this.#voiceStart : this.#heard) - this.#limits.preRoll;
  }

  #isVoiceOn(): boolean {
    return this.#voiceEnd === this.#heard && this.#voiceEnd > 0;
  }

  #silence(end: number): readonly Outcome[] {
    if (end <= this.#settled) return NONE;
    const start = this.#settled;
    this.#settled = end;
    return [{ kind: 'silence', start, end }];
  }

  /** Ends a segment that is too long in the middle of its quietest late window. */
  #cut(): readonly Outcome[] {
    const windows = Math.floor(this.#limits.cutSearch / WINDOW_SAMPLES);
    const first = Math.max(0, this.#levels.length - windows);
    let quietest = first;
    for (let i = first; i < this.#levels.length; i += 1) {
      if ((this.#levels[i] ?? 0) <= (this.#levels[quietest] ?? 0)) quietest = i;
    }
    const after = this.#levels.length - quietest;
    const end = this.#heard - after * WINDOW_SAMPLES + WINDOW_SAMPLES / 2;
    this.#levels = this.#levels.slice(quietest + 1);
    this.#spokenFrom = end;
    // Nothing was said after the cut: the rest is silence until a voice comes again.
    if (this.#voiceEnd <= end) this.#state = NEXT[this.#state].end;
    return this.#segment(end);
  }
}
