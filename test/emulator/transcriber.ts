/**
 * Transcriber: when a stream says what about the words it has heard.
 *
 * It knows audio time alone: the same audio gives the same replies at the same samples, whatever its
 * chunks. When they reach the client is the stream's matter.
 *
 *   sound ... sound | activityEndMs: activity end | finalPauseMs: final, if any word was heard
 *   every interimEveryMs: what was heard since the last final, if that has changed
 */
import type { Mark } from './ear.ts';
import type { PlacedWord } from './voice.ts';

/** Times are in ms of audio. */
export interface Manner {
  readonly interimEveryMs: number;
  /** Words this old are the stable part of an interim. */
  readonly stableAfterMs: number;
  /** Silence that ends an utterance with a final. */
  readonly finalPauseMs: number;
  /** Silence that ends voice activity. */
  readonly activityEndMs: number;
  /** A speaker who never pauses gets a final after this long, of all but the last two words. */
  readonly monologueMsMax: number;
}

export const MANNER: Manner = {
  interimEveryMs: 250,
  stableAfterMs: 800,
  finalPauseMs: 500,
  activityEndMs: 300,
  monologueMsMax: Number.POSITIVE_INFINITY,
};

/** A stretch of words in a result. */
export interface Portion {
  readonly final: boolean;
  /** 0 with a final. */
  readonly stability: number;
  readonly words: readonly PlacedWord[];
  readonly endSample: number;
}

export type Reply =
  /** At most one final, first, and then the interim tails. */
  | { readonly kind: 'results'; readonly portions: readonly Portion[] }
  | { readonly kind: 'activity'; readonly event: 'begin' | 'end'; readonly atSample: number };

/** How many of the newest words stay open when a monologue is cut. */
const MONOLOGUE_KEPT = 2;
/** As Google's first models gave them. */
const STABLE = 0.9;
const UNSTABLE = 0.01;

export class Transcriber {
  readonly #manner: Manner;
  readonly #perMs: number;
  readonly #say: (reply: Reply) => void;
  /** Heard and in no final yet. */
  #words: PlacedWord[] = [];
  /** 'fading': the sound is over and its end isn't told yet. */
  #activity: 'idle' | 'speaking' | 'fading' = 'idle';
  /** Where silence began; undefined while there is sound. */
  #silentFrom: number | undefined = 0;
  #position = 0;
  /** How many words the last interim had, and how many of them stable. */
  #said = '';

  constructor(manner: Manner, sampleRateHertz: number, say: (reply: Reply) => void) {
    this.#manner = manner;
    this.#perMs = sampleRateHertz / 1000;
    this.#say = say;
  }

  /** Goes on to sample `until`; `marks` are what the ear heard on the way. */
  advance(marks: readonly Mark[], until: number): void {
    for (const mark of marks) {
      this.#elapse(mark.at);
      this.#mark(mark);
    }
    this.#elapse(until);
  }

  /** No audio follows: the final of what is open. */
  finish(): void {
    if (this.#activity !== 'idle') this.#endActivity(this.#position);
    if (this.#words.length > 0) this.#final(this.#position);
  }

  #mark(mark: Mark): void {
    if (mark.kind === 'word') {
      const { number, startSample } = mark;
      this.#words.push({ number, startSample, endSample: mark.at });
    } else if (mark.kind === 'silence') {
      this.#silentFrom = mark.at;
      this.#activity = 'fading';
    } else {
      this.#silentFrom = undefined;
      if (this.#activity === 'idle') {
        this.#say({ kind: 'activity', event: 'begin', atSample: mark.at });
      }
      this.#activity = 'speaking';
    }
  }

  /** All that falls due up to `until`, each at its own sample. */
  #elapse(until: number): void {
    for (;;) {
      const activityEnd = this.#activity === 'fading' ? this.#silence('activityEndMs') : Infinity;
      const final = this.#words.length > 0 ? this.#silence('finalPauseMs') : Infinity;
      const [first] = this.#words;
      const monologue = (first?.startSample ?? Infinity) + this.#samples('monologueMsMax');
      const every = this.#samples('interimEveryMs');
      const interim =
        first === undefined ? Infinity : (Math.floor(this.#position / every) + 1) * every;
      const due = Math.min(activityEnd, final, monologue, interim);
      if (due > until) break;
      this.#position = Math.max(this.#position, due);
      if (due === activityEnd) this.#endActivity(due);
      else if (due === final) this.#final(due);
      else if (due === monologue) this.#cutMonologue();
      else this.#interim(due);
    }
    this.#position = Math.max(this.#position, until);
  }

  #samples(what: keyof Manner): number {
    return Math.round(this.#manner[what] * this.#perMs);
  }

  #silence(lasting: 'activityEndMs' | 'finalPauseMs'): number {
    return (this.#silentFrom ?? Infinity) + this.#samples(lasting);
  }

  #endActivity(atSample: number): void {
    this.#activity = 'idle';
    this.#say({ kind: 'activity', event: 'end', atSample });
  }

  #final(endSample: number): void {
    const portion = { final: true, stability: 0, words: this.#words, endSample };
    this.#words = [];
    this.#said = '';
    this.#say({ kind: 'results', portions: [portion] });
  }

  #cutMonologue(): void {
    const kept = this.#words.length > MONOLOGUE_KEPT ? MONOLOGUE_KEPT : 0;
    const words = this.#words.slice(0, this.#words.length - kept);
    this.#words = this.#words.slice(words.length);
    this.#said = '';
    const endSample = words.at(-1)?.endSample ?? this.#position;
    const final = { final: true, stability: 0, words, endSample };
    this.#say({ kind: 'results', portions: [final, ...this.#tails(this.#position)] });
  }

  #interim(at: number): void {
    const portions = this.#tails(at);
    const said = portions.map(({ words, stability }) => `${words.length}@${stability}`).join();
    if (said === this.#said) return;
    this.#said = said;
    this.#say({ kind: 'results', portions });
  }

  /** The stable and the unstable part of what is open, either of which may be missing. */
  #tails(at: number): Portion[] {
    const stableUntil = at - this.#samples('stableAfterMs');
    const firstUnstable = this.#words.findIndex(({ endSample }) => endSample > stableUntil);
    const stable = firstUnstable < 0 ? this.#words.length : firstUnstable;
    return [
      { final: false, stability: STABLE, words: this.#words.slice(0, stable), endSample: at },
      { final: false, stability: UNSTABLE, words: this.#words.slice(stable), endSample: at },
    ].filter(({ words }) => words.length > 0);
  }
}
