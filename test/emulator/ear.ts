/**
 * Ear: hears whole words in samples, cut anywhere into chunks.
 *
 * It believes nothing: a word counts when START, its header, every sample of its body and END came
 * one after the other. Whoever missed, doubled or changed any of them doesn't hear that word, and
 * hears the next one none the less, since START stands nowhere inside a word.
 */
import {
  bodyDigit,
  bodySeed,
  checkOf,
  HEADER_SAMPLES,
  SYMBOL,
  symbolOf,
  WORD_SAMPLES_MIN,
} from './voice.ts';

/** Something that happened at sample `at`, counted from the stream's first. */
export type Mark =
  /** The first sample that isn't silent. */
  | { readonly kind: 'sound'; readonly at: number }
  /** The first silent sample after sound. */
  | { readonly kind: 'silence'; readonly at: number }
  /** A word whose last sample was `at - 1`. */
  | {
      readonly kind: 'word';
      readonly at: number;
      readonly number: number;
      readonly startSample: number;
    };

export class Ear {
  #position = 0;
  #hearing: 'silence' | 'sound' = 'silence';
  /** The next place in the word being followed; 0 while none is. */
  #index = 0;
  #number = 0;
  #length = 0;
  #check = 0;
  #seed = 0;

  /** Samples heard so far. */
  get position(): number {
    return this.#position;
  }

  /** What happened in the next samples, in order. */
  hear(samples: Int16Array): Mark[] {
    const marks: Mark[] = [];
    const start = this.#position;
    for (let i = 0; i < samples.length; i = this.#position - start) {
      const symbol = symbolOf(samples[i] ?? 0);
      if (symbol !== SYMBOL.silence) this.#sound(symbol, marks);
      else if (this.#hearing === 'sound') this.#silence(marks);
      this.#position += 1;
      // Nearly all samples are silence or the body of a word: those go fast.
      if (this.#hearing === 'silence') this.#position += silent(samples, i + 1);
      else if (this.#index >= HEADER_SAMPLES) this.#follow(samples, i + 1);
    }
    return marks;
  }

  #silence(marks: Mark[]): void {
    this.#hearing = 'silence';
    this.#index = 0;
    marks.push({ kind: 'silence', at: this.#position });
  }

  #sound(symbol: number, marks: Mark[]): void {
    if (this.#hearing === 'silence') {
      this.#hearing = 'sound';
      marks.push({ kind: 'sound', at: this.#position });
    }
    if (symbol === SYMBOL.start) this.#begin();
    else if (this.#index === 0) return;
    else if (this.#index < HEADER_SAMPLES) this.#header(symbol);
    else this.#body(symbol, marks);
  }

  #begin(): void {
    this.#index = 1;
    this.#number = 0;
    this.#length = 0;
    this.#check = 0;
  }

  #header(symbol: number): void {
    if (symbol > 127) {
      this.#index = 0;
      return;
    }
    if (this.#index <= 4) this.#number = (this.#number << 7) | symbol;
    else if (this.#index <= 7) this.#length = (this.#length << 7) | symbol;
    else this.#check = (this.#check << 7) | symbol;
    this.#index += 1;
    if (this.#index < HEADER_SAMPLES) return;
    this.#seed = bodySeed(this.#number, this.#length);
    const sound = this.#length >= WORD_SAMPLES_MIN;
    if (!sound || this.#check !== checkOf(this.#number, this.#length)) this.#index = 0;
  }

  /** Follows a body as far as it is right, up to but without its end. */
  #follow(samples: Int16Array, from: number): void {
    const seed = this.#seed;
    const until = Math.min(samples.length, from + this.#length - 1 - this.#index);
    let at = from;
    let index = this.#index;
    while (at < until && symbolOf(samples[at] ?? 0) === bodyDigit(seed, index)) {
      at += 1;
      index += 1;
    }
    this.#index = index;
    this.#position += at - from;
  }

  #body(symbol: number, marks: Mark[]): void {
    const isEnd = this.#index === this.#length - 1;
    if (symbol !== (isEnd ? SYMBOL.end : bodyDigit(this.#seed, this.#index))) {
      this.#index = 0;
      return;
    }
    this.#index += 1;
    if (!isEnd) return;
    this.#index = 0;
    const at = this.#position + 1;
    marks.push({ kind: 'word', at, number: this.#number, startSample: at - this.#length });
  }
}

/** How many samples from `from` on are silent. */
function silent(samples: Int16Array, from: number): number {
  let at = from;
  while (samples[at] === 0) at += 1;
  return at - from;
}
