/**
 * Delivery: what became of the audio, in the words of the wire.
 *
 * It numbers the finals, turns places into milliseconds, and says which audio ids a final covers.
 */
import type { FinalResult, InterimResult } from '../speech/recognizer.ts';
import { msOf } from '../wire/limits.ts';
import type { Final, FinalWord, Gap, GapReason, Interim } from '../wire/message.ts';
import type { Settlement } from './settlement.ts';
import type { Tape } from './tape.ts';

/** Ids of settled audio that are kept: a late final may still cover it. */
const SETTLED_IDS_MAX = 1_000;

interface AudioId {
  readonly start: number;
  readonly id: string;
}

export class Delivery {
  readonly #rate: number;
  readonly #tape: Tape;
  readonly #settlement: Settlement;
  readonly #wordsAsked: boolean;
  /** In the order of their place; the first may begin before all that is unsettled. */
  #ids: AudioId[] = [];
  #results: number;

  /** `results`: how many finals there were before, in another process. */
  constructor(rate: number, wordsAsked: boolean, tape: Tape, settlement: Settlement, results = 0) {
    this.#rate = rate;
    this.#wordsAsked = wordsAsked;
    this.#tape = tape;
    this.#settlement = settlement;
    this.#results = results;
  }

  /** How many finals there were. */
  get results(): number {
    return this.#results;
  }

  /** Answers whether `id` is new: audio from the end of the tape on carries it. */
  audioId(id: string): boolean {
    const last = this.#ids.at(-1);
    if (last?.id === id) return false;
    const start = this.#tape.end;
    if (last?.start === start) this.#ids.pop();
    this.#ids.push({ start, id });
    this.#forgetIds();
    return true;
  }

  /** While nobody speaks no final does it. */
  #forgetIds(): void {
    const { settled } = this.#settlement;
    const isSettled = (at: number): boolean => (this.#ids[at + 1]?.start ?? settled + 1) <= settled;
    let gone = 0;
    while (this.#ids.length - gone > SETTLED_IDS_MAX && isSettled(gone)) gone += 1;
    if (gone > 0) this.#ids = this.#ids.slice(gone);
  }

  interim(interim: InterimResult): Interim {
    return {
      type: 'interim',
      ...this.#times(interim),
      text: interim.text,
      ...(interim.stability !== undefined && { stability: interim.stability }),
    };
  }

  final(final: FinalResult): Final {
    this.#results += 1;
    const { confidence, alternatives, language } = final;
    const words = this.#wordsAsked ? final.words?.map((word) => this.#word(word)) : undefined;
    return {
      type: 'final',
      result: this.#results,
      ...this.#times(final),
      text: final.text,
      ...(confidence !== undefined && { confidence }),
      ...(words !== undefined && { words }),
      ...(alternatives !== undefined && { alternatives: [...alternatives] }),
      ...(language !== undefined && { language }),
      ...this.#idsIn(final.startSample, final.endSample),
      ...(final.degraded === true && { degraded: true as const }),
      ...this.#cursor(),
    };
  }

  gap(startSample: number, endSample: number, reason: GapReason): Gap {
    const times = this.#times({ startSample, endSample });
    return { type: 'gap', ...times, reason, ...this.#cursor() };
  }

  #word(word: NonNullable<FinalResult['words']>[number]): FinalWord {
    const { text, confidence } = word;
    const { start, end } = this.#times(word);
    return confidence === undefined ? { text, start, end } : { text, start, end, confidence };
  }

  #times(of: { readonly startSample: number; readonly endSample: number }) {
    return { start: msOf(of.startSample, this.#rate), end: msOf(of.endSample, this.#rate) };
  }

  #cursor() {
    return {
      settled: this.#tape.goneFrame,
      settledMs: msOf(this.#settlement.settled, this.#rate),
    };
  }

  /** The ids of the audio in [start, end); forgets those of audio before it. */
  #idsIn(start: number, end: number): { audioId?: string; audioIds?: string[] } {
    const first = this.#ids.findLastIndex((mark) => mark.start <= start);
    if (first > 0) this.#ids = this.#ids.slice(first);
    const ids = this.#ids.filter((mark) => mark.start < end).map((mark) => mark.id);
    const [id] = ids;
    if (id === undefined) return {};
    return ids.length === 1 ? { audioId: id } : { audioIds: ids };
  }
}
