/**
 * Leg: the stretch of a session that one recognizer stream hears, and its replacements if it fails.
 *
 * It reads its part of the tape, gives it to the stream at the pace that is allowed, and says the
 * stream's results as places in the session. Its states are in state.ts. What follows from a result,
 * a failure or an end is for the upstream to decide.
 */
import { strict as assert } from 'node:assert';
import type { CutWord, StreamCause } from '../metrics.ts';
import type {
  FinalResult,
  InterimResult,
  RecognizerStream,
  StreamFault,
  Word,
} from '../speech/recognizer.ts';
import { samplesOf } from '../wire/limits.ts';
import type { AudioEntry } from './entry.ts';
import type { Replays } from './reader.ts';
import { Reader } from './reader.ts';
import type { LegState } from './state.ts';
import { LEG_NEXT } from './state.ts';
import { Timeline } from './timeline.ts';
import type { UpstreamParts } from './upstream-parts.ts';

/** A longer frame is given in pieces: a stream that takes no more says so between them. */
const PIECE_MS = 100;

/** What a stream said, in session samples. */
export type Said =
  | { readonly kind: 'interim'; readonly interim: InterimResult }
  | { readonly kind: 'final'; readonly final: FinalResult }
  | { readonly kind: 'silence'; readonly end: number };

export interface LegEvents {
  onSaid(leg: Leg, said: Said): void;
  /** More audio is welcome. */
  onDrain(): void;
  /** All that was heard has its outcome. */
  onEnded(leg: Leg): void;
  onFailed(leg: Leg, fault: StreamFault): void;
  /** Whether the stream that replaces a failed one may start now; asked again until it may. */
  mayRetry(isCharged: boolean): boolean;
}

/** Set once no further audio is for a leg: where its part ends, and where the next one's words begin. */
interface End {
  readonly until: number;
  readonly cut: number;
  readonly how: CutWord;
  readonly drainMsMax: number;
}

export class Leg {
  /** The session sample that this leg begins with. */
  readonly from: number;
  readonly #parts: UpstreamParts;
  readonly #replays: Replays;
  readonly #events: LegEvents;
  #state: LegState = 'waiting';
  #reader: Reader;
  #stream: RecognizerStream | undefined;
  #timeline = new Timeline();
  #pressed = false;
  #end: End | undefined;
  #openedMs = 0;
  #wroteMs = 0;
  /** Samples of the longest piece. */
  readonly #pieceMax: number;
  #dueMs = 0;
  /** Whether the next stream counts as a retry. */
  #isCharged = false;

  constructor(reader: Reader, parts: UpstreamParts, replays: Replays, events: LegEvents) {
    this.from = reader.at;
    this.#parts = parts;
    this.#replays = replays;
    this.#events = events;
    this.#reader = reader;
    this.#pieceMax = samplesOf(PIECE_MS, parts.config.sampleRateHertz);
  }

  /** Whether audio that comes now is for this leg. */
  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Where the next leg's words begin, once this one is closed. */
  get cut(): number | undefined {
    return this.#end?.cut;
  }

  /** Whether it has heard all that it is for, and its stream has still to end. */
  get isDraining(): boolean {
    return this.#state === 'draining';
  }

  /** Whether it has no stream, and waits for another one. */
  get isRetrying(): boolean {
    return this.#state === 'retrying';
  }

  /** Where it was closed, in a word. */
  get how(): CutWord | undefined {
    return this.#end?.how;
  }

  /** When its stream was opened. */
  get openedMs(): number {
    return this.#openedMs;
  }

  /** When it was last given audio. */
  get wroteMs(): number {
    return this.#wroteMs;
  }

  get reader(): Reader {
    return this.#reader;
  }

  /** Opens a stream: the first, or the next after a failure. */
  open(cause: StreamCause): void {
    const { recognizer, config, clock } = this.#parts;
    this.#become('live');
    this.#openedMs = clock.nowMs();
    this.#wroteMs = this.#openedMs;
    this.#timeline = new Timeline();
    this.#pressed = false;
    const timeline = this.#timeline;
    this.#stream = recognizer.open(config, {
      onInterim: (interim) =>
        this.#say({ kind: 'interim', interim: { ...interim, ...places(timeline, interim) } }),
      onFinal: (final) => this.#say({ kind: 'final', final: placed(timeline, final) }),
      onSilence: (endSample) => this.#say({ kind: 'silence', end: timeline.endAt(endSample) }),
      onDrain: () => this.#drained(),
      onEnd: (fault, billedMs) => {
        if (billedMs > 0) this.#parts.events.onBilled(billedMs);
        this.#ended(fault);
      },
    });
    this.#replays.open();
    this.#parts.metrics.streams[cause] += 1;
  }

  /** The stream hears the frame that is next to be read, or as much of it as goes at once. False: not now. */
  hear(entry: AudioEntry): boolean {
    if (this.#state !== 'live' || this.#pressed || this.#stream === undefined) return false;
    const { pace, clock } = this.#parts;
    const from = this.#reader.startOf(entry);
    const frameEnd = entry.start + entry.samples;
    const until = Math.min(frameEnd, this.#end?.until ?? frameEnd);
    const end = Math.min(until, from + this.#pieceMax);
    const nowMs = clock.nowMs();
    if (!pace.take(end - from, nowMs)) return false;
    this.#timeline.hear(from, end - from);
    if (this.#replays.hear(from, end) && end === frameEnd)
      this.#parts.metrics.relayIn.observe((nowMs - entry.arrivedMs) / 1000);
    this.#wroteMs = nowMs;
    this.#pressed = !this.#stream.write(pieceOf(entry, from, end));
    this.#reader.pass(entry, end);
    return true;
  }

  /** Asks for a final at the next pause. */
  endpoint(): void {
    if (this.#state === 'live') this.#stream?.endpoint();
  }

  /**
   * No audio from the reader's place on is for this leg; words from `cut` on are the next one's. Once
   * it has heard all, its stream may take `drainMsMax` to end.
   */
  close(cut: number, how: CutWord, drainMsMax: number): void {
    assert(this.#end === undefined);
    this.#end = { until: this.#reader.at, cut, how, drainMsMax };
    this.pump();
  }

  /** Its words have no times to cut them by: so a cut in speech becomes one between two samples, where it ends. */
  blur(): void {
    if (this.#end?.how !== 'hard' && this.#end?.how !== 'stall') return;
    this.#end = { ...this.#end, cut: this.#end.until, how: 'plain' };
  }

  /** A closed leg that has to be heard again reads by itself. */
  pump(): void {
    if (this.#state !== 'live' || this.#end === undefined) return;
    const { until, drainMsMax } = this.#end;
    for (let entry = this.#reader.entry; entry !== undefined; entry = this.#reader.entry) {
      if (this.#reader.at >= until) break;
      if (entry.kind !== 'audio') this.#reader.pass(entry);
      else if (!this.hear(entry)) return;
    }
    this.#become('draining');
    this.#dueMs = this.#parts.clock.nowMs() + drainMsMax;
    this.#stream?.finish();
  }

  /** After a failure: a new stream hears it again from `from`, at `dueMs` and once it may. */
  retry(from: number, dueMs: number, isCharged = true): void {
    this.#become('retrying');
    this.#isCharged = isCharged;
    this.#reader = new Reader(this.#parts.tape, from);
    this.#dueMs = dueMs;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    if (this.#state === 'retrying') {
      if (!this.#events.mayRetry(this.#isCharged)) return;
      this.open('retry');
      this.pump();
    } else if (this.#state === 'draining') {
      this.#stream?.abort();
      this.#ended({ kind: 'transient', message: 'the stream did not end in time' });
    }
  }

  /** Ends at once. May be called by what its own end brings about. */
  abort(): void {
    if (this.#state === 'ended') return;
    this.#become('ended');
    this.#stream?.abort();
    this.#stream = undefined;
  }

  /** Nothing that ends before `settled` will be asked for again. */
  forget(settled: number): void {
    this.#timeline.forget(settled);
  }

  #become(state: LegState): void {
    assert(LEG_NEXT[this.#state].includes(state), `${this.#state} then ${state}`);
    this.#state = state;
  }

  #say(said: Said): void {
    this.#events.onSaid(this, said);
  }

  #drained(): void {
    this.#pressed = false;
    this.#events.onDrain();
  }

  #ended(fault: StreamFault | undefined): void {
    this.#stream = undefined;
    this.#become(fault === undefined ? 'ended' : 'failed');
    if (fault === undefined) this.#events.onEnded(this);
    else this.#events.onFailed(this, fault);
  }
}

/** The bytes of [from, end), places within the frame. */
function pieceOf({ audio, start, samples }: AudioEntry, from: number, end: number): Uint8Array {
  if (from === start && end === start + samples) return audio;
  const bytesPerSample = audio.length / samples;
  return audio.subarray((from - start) * bytesPerSample, (end - start) * bytesPerSample);
}

function placed(timeline: Timeline, final: FinalResult): FinalResult {
  const words = final.words?.map((word) => placedWord(timeline, word));
  const whole = { ...final, ...places(timeline, final) };
  return words === undefined ? whole : { ...whole, words };
}

/** Written out, since words are many: two objects spread into one make two more. */
function placedWord(timeline: Timeline, word: Word): Word {
  const { text, confidence } = word;
  const { startSample, endSample } = places(timeline, word);
  return confidence === undefined
    ? { text, startSample, endSample }
    : { text, startSample, endSample, confidence };
}

function places(
  timeline: Timeline,
  of: { readonly startSample: number; readonly endSample: number },
) {
  const startSample = timeline.startAt(of.startSample);
  const endSample = Math.max(startSample, timeline.endAt(of.endSample));
  return { startSample, endSample };
}
