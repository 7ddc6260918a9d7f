/**
 * Settlement: gives every sample its outcome, in order, and says so.
 *
 * It owns the cursor `settled`: all before it is a final, silence or a reported gap. Results come in
 * as session places; finals and gaps go out in the order of their place, each with the cursor that
 * holds once it is known. It knows no stream and no socket.
 */
import type { FinalResult } from '../speech/recognizer.ts';
import type { GapReason } from '../wire/message.ts';
import type { GapEntry } from './entry.ts';
import type { Fate, Ledger } from './ledger.ts';
import type { Said } from './said.ts';
import { carriedOf, saidBy, saidOf } from './said.ts';
import type { Tape } from './tape.ts';

/** Settled audio that a stream hears again, in milliseconds. Google rounds the times of words to 100 ms. */
export const LEAD_MS = 300;
/** Ranges of silence that a late final may still turn into transcribed audio: the newest. */
const SILENT_RANGES_MAX = 64;

export interface SettlementEvents {
  /** Places in `final` are session samples. */
  onFinal(final: FinalResult): void;
  onGap(start: number, end: number, reason: GapReason): void;
}

/** Where another process left off: all before `settled` has its outcome, `lead` of it is heard again; what that `said`. */
interface SettlementStart {
  readonly settled: number;
  readonly lead: number;
  readonly said: string;
}

export interface SettlementParts {
  readonly tape: Tape;
  readonly ledger: Ledger;
  readonly events: SettlementEvents;
  /** How much settled audio is kept, for a stream that hears the unsettled audio again. */
  readonly leadSamples?: number;
  readonly from?: SettlementStart | undefined;
}

const BEGINNING: SettlementStart = { settled: 0, lead: 0, said: '' };

interface Range {
  start: number;
  end: number;
}

/** One for all sessions, most of which have none. */
const NO_RANGES: readonly Range[] = [];
const NO_GAPS: readonly GapEntry[] = [];

export class Settlement {
  readonly #tape: Tape;
  readonly #ledger: Ledger;
  readonly #events: SettlementEvents;
  /** Nothing before it is heard again. */
  #start: number;
  readonly #leadSamples: number;
  #leads = true;
  #silent: readonly Range[] = NO_RANGES;
  #settled: number;
  /** The words of the last final, and where it ended. */
  #said: Said;
  #saidUpTo: number;
  /** Gaps that begin before this place have been passed by the reader of the tape. */
  #passed: number;
  #readIndex = 0;

  constructor({ tape, ledger, events, leadSamples = 0, from = BEGINNING }: SettlementParts) {
    this.#tape = tape;
    this.#ledger = ledger;
    this.#events = events;
    this.#leadSamples = leadSamples;
    this.#start = from.settled - from.lead;
    this.#settled = from.settled;
    this.#passed = from.settled;
    this.#said = saidBy(from.said);
    this.#saidUpTo = from.settled;
  }

  get said(): Said {
    return this.#said;
  }

  /** What of it a stream may say again that hears from replayFrom on, as a ticket has it. */
  get carried(): string {
    return carriedOf(this.#saidUpTo > this.replayFrom ? this.#said : []);
  }

  /** The session sample before which everything has its outcome. */
  get settled(): number {
    return this.#settled;
  }

  /**
   * Where a stream begins that hears the unsettled audio again: a little earlier, since the times of
   * words are rounded, and the first one begins where the last one ends if the speaker makes no pause.
   */
  get replayFrom(): number {
    return Math.max(this.#start, this.#settled - this.#leadSamples);
  }

  /** Where words have no times, nobody could tell which of them were said before: then there is no lead. */
  wordTimes(given: boolean): void {
    this.#leads = given;
    this.#forget();
  }

  /** The reader has passed every entry before `index`, the last of which ends at `end`. */
  pass(index: number, end: number): void {
    const passed = this.#passed;
    this.#readIndex = Math.max(this.#readIndex, index);
    this.#passed = Math.max(passed, end);
    // Else what was passed now ends after all that is settled, and the rest was looked at when that last grew.
    if (passed <= this.#settled) this.#rest();
  }

  /** A final covers [startSample, endSample). What lies before it and has no outcome was silence. */
  final(final: FinalResult): void {
    this.#said = saidOf(final.text);
    this.#saidUpTo = final.endSample;
    this.#advance(final.startSample, 'silent');
    this.#revise(final.startSample, Math.min(final.endSample, this.#settled));
    const gaps = this.#reportGapsIn(final.endSample);
    this.#book(final.endSample, 'transcribed');
    for (const { reason, start, samples } of gaps) {
      this.#ledger.pass(reason, Math.min(samples, final.endSample - start));
    }
    this.#events.onFinal(final);
    this.#rest();
  }

  /** What lies before `end` and has no outcome was silence. */
  silence(end: number): void {
    this.#advance(end, 'silent');
    this.#rest();
  }

  /** Gives up on all that lies before `end`: it is reported as lost upstream. */
  giveUp(end: number): void {
    this.#advance(end, 'upstream');
    this.#rest();
  }

  /** Nobody will say any more of what is on the tape. May be called by what an event brings about. */
  release(): void {
    this.#ledger.settle('released', this.#ledger.unsettled);
    this.#settled = this.#tape.end;
    this.#silent = NO_RANGES;
    this.#tape.close();
  }

  /** Settles up to `end` piece by piece, reporting each gap in its place. */
  #advance(end: number, fate: 'silent' | 'upstream'): void {
    for (let gap = this.#gapBefore(end); gap !== undefined; gap = this.#gapBefore(end)) {
      this.#piece(gap.start, fate);
      this.#cross(gap);
    }
    this.#piece(end, fate);
  }

  /** Settles a gap that nothing unsettled lies before. */
  #cross(gap: GapEntry): void {
    const end = gap.start + gap.samples;
    if (end <= this.#settled) return;
    this.#settled = end;
    this.#ledger.pass(gap.reason, gap.samples);
    this.#forget();
    this.#events.onGap(gap.start, end, gap.reason);
  }

  #piece(end: number, fate: 'silent' | 'upstream'): void {
    const start = this.#settled;
    if (end <= start) return;
    this.#book(end, fate);
    if (fate === 'upstream') this.#events.onGap(start, end, 'upstream');
    else this.#remember(start, end);
  }

  #book(end: number, fate: Fate): void {
    if (end <= this.#settled) return;
    this.#ledger.settle(fate, this.#tape.audioBetween(this.#settled, end));
    this.#settled = end;
    this.#forget();
  }

  /** Gaps inside a final go out before it; the cursor stays until the final is out. */
  #reportGapsIn(end: number): readonly GapEntry[] {
    if (!this.#tape.hasGaps) return NO_GAPS;
    const gaps: GapEntry[] = [];
    for (const entry of this.#tape.before(end)) {
      if (entry.kind !== 'gap' || entry.start < this.#settled) continue;
      gaps.push(entry);
      this.#events.onGap(entry.start, entry.start + entry.samples, entry.reason);
    }
    return gaps;
  }

  /** A gap that nothing unsettled lies before is settled as soon as the reader has passed it. */
  #rest(): void {
    for (
      let gap = this.#gapBefore(this.#settled + 1);
      gap;
      gap = this.#gapBefore(this.#settled + 1)
    ) {
      this.#cross(gap);
    }
    this.#forget();
  }

  #gapBefore(end: number): GapEntry | undefined {
    if (!this.#tape.hasGaps) return undefined;
    for (const entry of this.#tape.before(Math.min(end, this.#passed))) {
      const isAhead = entry.start >= this.#settled && entry.samples > 0;
      if (entry.kind === 'gap' && isAhead) return entry;
    }
    return undefined;
  }

  #forget(): void {
    if (!this.#leads) this.#start = this.#settled;
    this.#tape.forget(this.#settled, this.#readIndex, this.replayFrom);
  }

  #remember(start: number, end: number): void {
    const last = this.#silent.at(-1);
    if (last?.end === start) last.end = end;
    else this.#silent = [...this.#silent, { start, end }].slice(-SILENT_RANGES_MAX);
  }

  /** Moves the silence within [start, end) to transcribed. */
  #revise(start: number, end: number): void {
    const kept: Range[] = [];
    let samples = 0;
    for (const range of this.#silent) {
      const low = Math.max(start, range.start);
      const high = Math.max(low, Math.min(end, range.end));
      samples += high - low;
      if (high === low) kept.push(range);
      else kept.push({ start: range.start, end: low }, { start: high, end: range.end });
    }
    this.#silent = kept.filter((range) => range.end > range.start).slice(-SILENT_RANGES_MAX);
    this.#ledger.revise(samples);
  }
}
