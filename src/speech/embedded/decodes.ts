/**
 * Decodes: whose speech is decoded next, with a bounded number of decodes in flight.
 *
 * Finals come first, the one that waits longest before the others; interims take what is left,
 * and fewer are made the more streams speak. It knows no model and no audio.
 */
import { messageOf } from '../../errors.ts';
import type { Decoder } from './decoder.ts';
import type { Hearing, Work } from './hearing.ts';
import { WORK_KINDS } from './hearing.ts';
import { MODEL_RATE } from './segmenter.ts';

/** New speech that is worth an interim while the machine has time. */
const INTERIM_SAMPLES = MODEL_RATE;
/** So many streams may speak, for each decode in flight, before interims become rarer. */
const SPEAKING_PER_DECODE = 2;

/** Twice the load at which interims become rarer. */
const DRAFT_LOAD_MAX = 2;

export class Decodes {
  readonly #decoder: Decoder;
  readonly #inFlightMax: number;
  readonly #onChange: () => void;
  #inFlight = 0;

  /** `onChange` is called when a decode is over and its stream may take audio again. */
  constructor(decoder: Decoder, inFlightMax: number, onChange: () => void) {
    this.#decoder = decoder;
    this.#inFlightMax = inFlightMax;
    this.#onChange = onChange;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Starts what may be started now. Call it when a stream has heard something. */
  fill(hearings: Iterable<Hearing>): void {
    const all = [...hearings];
    const speaking = all.reduce((count, { isSpeaking }) => count + (isSpeaking ? 1 : 0), 0);
    const load = Math.max(1, speaking / (SPEAKING_PER_DECODE * this.#inFlightMax));
    while (this.#inFlight < this.#inFlightMax) {
      const next = this.#next(all, load);
      if (next === undefined) return;
      void this.#run(next.hearing, next.work);
    }
  }

  #next(hearings: readonly Hearing[], load: number): { hearing: Hearing; work: Work } | undefined {
    let next: { hearing: Hearing; work: Work } | undefined;
    for (const hearing of hearings) {
      const work = hearing.wanted(INTERIM_SAMPLES * load);
      if (work === undefined || !this.#mayStart(work, load)) continue;
      if (next === undefined || isBefore(work, next.work)) next = { hearing, work };
    }
    return next;
  }

  /**
   * Interims leave a place free, where there is more than one, for the others to start at once. A
   * draft decodes ahead of a final that may never come: only while there is time for that.
   */
  #mayStart({ kind }: Work, load: number): boolean {
    if (kind === 'draft') return load <= DRAFT_LOAD_MAX;
    return kind !== 'interim' || this.#inFlight < Math.max(1, this.#inFlightMax - 1);
  }

  async #run(hearing: Hearing, work: Work): Promise<void> {
    this.#inFlight += 1;
    try {
      await hearing.decode(work, this.#decoder);
    } catch (thrown) {
      hearing.end(`a decode failed: ${messageOf(thrown)}`);
    }
    this.#inFlight -= 1;
    this.#onChange();
  }
}

function isBefore(one: Work, other: Work): boolean {
  const kinds = WORK_KINDS.indexOf(one.kind) - WORK_KINDS.indexOf(other.kind);
  return kinds === 0 ? one.rank < other.rank : kinds < 0;
}
