/**
 * Hearing: one stream in the thread, from its audio to outcomes told in audio order.
 *
 * It tells silence by itself and offers what has to be decoded; when, and how often, is for
 * Decodes to say. A segment is told when its text is known, and nothing that lies behind it is
 * told before.
 */
import assert from 'node:assert/strict';
import type { Decoder } from './decoder.ts';
import type { Heard, Intake } from './intake.ts';
import type { Span } from './segmenter.ts';
import { MODEL_RATE } from './segmenter.ts';

/**
 * What a stream would like to have decoded, the most urgent first.
 *   final    a segment that has ended
 *   draft    a segment that has paused: its text is the final's, if the pause lasts
 *   first    a segment of which nothing is known yet
 *   interim  a segment that has gone on for a while
 */
export const WORK_KINDS = ['final', 'draft', 'first', 'interim'] as const;
type WorkKind = (typeof WORK_KINDS)[number];

export interface Work extends Span {
  readonly kind: WorkKind;
  /** Compares works of one kind: the lower the more urgent. */
  readonly rank: number;
}

/** Where a stream says what it has to say. Places are in samples at its own rate. */
export interface Told {
  taken(bytes: number): void;
  interim(startSample: number, endSample: number, text: string): void;
  final(startSample: number, endSample: number, text: string): void;
  silence(endSample: number): void;
  /** The last one. */
  end(fault: string | undefined): void;
}

/** Segments that wait for their text; a stream with so many takes no audio. */
const SEGMENTS_MAX = 2;
/** New speech that is worth a decode while nothing is known: less makes it a guess. */
const FIRST_SAMPLES = 0.4 * MODEL_RATE;

type State = 'listening' | 'finished' | 'ended';
type Queued = Heard & { readonly atMs: number };

export class Hearing {
  readonly #intake: Intake;
  readonly #told: Told;
  readonly #isInterimWanted: boolean;
  #state: State = 'listening';
  /** In audio order, not told yet: at most SEGMENTS_MAX segments and those of one pump(). */
  readonly #queue: Queued[] = [];
  #work: Work | undefined;
  /** The end of the last outcome told. */
  #settledSample = 0;
  /** What the open segment, or the first that waits, was last decoded as. */
  #decoded: Span & { readonly text: string } = { start: -1, end: -1, text: '' };

  constructor(intake: Intake, isInterimWanted: boolean, told: Told) {
    this.#intake = intake;
    this.#isInterimWanted = isInterimWanted;
    this.#told = told;
  }

  /** Audio waits, and may be taken. */
  get pumps(): boolean {
    if (this.#state !== 'listening' || !this.#intake.waits) return false;
    return this.#queue.filter(({ kind }) => kind === 'segment').length < SEGMENTS_MAX;
  }

  get isSpeaking(): boolean {
    return this.#intake.draft !== undefined;
  }

  get isEnded(): boolean {
    return this.#state === 'ended';
  }

  write(bytes: Uint8Array): void {
    this.#intake.put(bytes);
  }

  endpoint(): void {
    this.#intake.put('endpoint');
  }

  finish(): void {
    this.#intake.put('finish');
  }

  /** Takes some of the audio that waits, and tells what is known by it. */
  pump(nowMs: number): void {
    const taken = this.#intake.pump((heard) => this.#enqueue({ ...heard, atMs: nowMs }));
    if (taken === 'finished') this.#state = 'finished';
    else if (taken > 0) this.#told.taken(taken);
    this.#advance();
  }

  /** What should be decoded next; `interimSamples` of new speech are worth an interim. */
  wanted(interimSamples: number): Work | undefined {
    if (this.#state === 'ended' || this.#work !== undefined) return undefined;
    const [first] = this.#queue;
    if (first === undefined) return this.#draftWanted(interimSamples);
    return { kind: 'final', start: first.start, end: first.end, rank: first.atMs };
  }

  /** Decodes what wanted() answered and tells what comes of it. Rejects as the decoder does. */
  async decode(work: Work, decoder: Decoder): Promise<void> {
    assert(this.#work === undefined);
    this.#work = work;
    const [first] = this.#queue;
    const text =
      first === undefined
        ? await decoder.interim(this.#intake.copy(work))
        : await decoder.final(first.samples);
    this.#work = undefined;
    if (this.#state === 'ended') return;
    if (work.kind === 'final') this.#tellFinal(text);
    else this.#tellInterim(work, text);
    this.#advance();
  }

  /** Ends it at once, with a fault unless undefined: nothing is told but that. */
  end(fault: string | undefined): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#intake.close();
    this.#queue.length = 0;
    this.#told.end(fault);
  }

  #enqueue(heard: Queued): void {
    const last = this.#queue.at(-1);
    if (heard.kind === 'silence' && last?.kind === 'silence') this.#queue.pop();
    this.#queue.push(heard);
  }

  #draftWanted(interimSamples: number): Work | undefined {
    const draft = this.#intake.draft;
    if (draft === undefined) return undefined;
    const { start, end, voiceStart, isPaused } = draft;
    const isKnown = this.#decoded.start === start;
    const { end: known, text } = isKnown ? this.#decoded : { end: voiceStart, text: '' };
    const fresh = end - known;
    const work = { start, end, rank: -fresh };
    if (isPaused) return fresh === 0 ? undefined : { ...work, kind: 'draft' };
    if (!this.#isInterimWanted) return undefined;
    if (text !== '') return fresh < interimSamples ? undefined : { ...work, kind: 'interim' };
    // Of a short beginning the model often makes nothing: it is asked again at twice the length.
    const worth = Math.min(interimSamples, Math.max(FIRST_SAMPLES, known - voiceStart));
    return fresh < worth ? undefined : { ...work, kind: 'first' };
  }

  #tellInterim({ start, end }: Work, text: string): void {
    const isNews = text !== '' && (this.#decoded.start !== start || this.#decoded.text !== text);
    this.#decoded = { start, end, text };
    if (!isNews || !this.#isInterimWanted || this.#intake.draft?.start !== start) return;
    this.#told.interim(this.#intake.place(start), this.#intake.place(end), text);
  }

  #tellFinal(text: string): void {
    const segment = this.#queue.shift();
    assert(segment?.kind === 'segment');
    const startSample = this.#intake.place(segment.start);
    const endSample = this.#intake.place(segment.end);
    if (text === '') this.#tellSilence(endSample);
    else this.#told.final(startSample, endSample, text);
    this.#settledSample = endSample;
  }

  #tellSilence(endSample: number): void {
    if (endSample <= this.#settledSample) return;
    this.#settledSample = endSample;
    this.#told.silence(endSample);
  }

  /** Tells all that can be told now. */
  #advance(): void {
    for (let [first] = this.#queue; first !== undefined; [first] = this.#queue) {
      if (first.kind === 'silence') {
        this.#queue.shift();
        this.#tellSilence(this.#intake.place(first.end));
      } else if (this.#isDecodedAs(first)) this.#tellFinal(this.#decoded.text);
      else return;
    }
    if (this.#state === 'finished') this.#finish();
  }

  /** A draft of an utterance that ended there has its text already, unless it is none. */
  #isDecodedAs({ start, end }: Span): boolean {
    const decoded = this.#decoded;
    return decoded.start === start && decoded.end === end && decoded.text !== '';
  }

  #finish(): void {
    this.#state = 'ended';
    // Resampling may leave less than a sample of the models' between the last outcome and the end.
    this.#tellSilence(this.#intake.taken);
    this.#told.end(undefined);
  }
}
