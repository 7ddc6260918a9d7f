/**
 * Voice: audio that says numbers, for test audio that describes itself.
 *
 * A word is an unbroken run of samples that aren't zero; zero samples are silence:
 *
 *   START | number, 4 digits | length, 3 digits | check, 2 digits | body ... | END
 *
 * A digit is one of 128 sample values; START and END are two more that stand nowhere else. Each
 * body sample follows from (number, length, its index), so a listener can check every sample: ear.ts
 * hears a word only whole. All values are such that mu-law codes exactly, so MULAW carries it too.
 */
import { endianness } from 'node:os';
import { pcmOf } from './g711.ts';
import type { Random } from './random.ts';
import { between } from './random.ts';

/** What one sample means. 0..127 is a digit. */
export const SYMBOL = { start: 128, end: 129, silence: 130, noise: 131 } as const;

export const NUMBER_MAX = 2 ** 28 - 1;
export const HEADER_SAMPLES = 10;
/** Shortest and longest word. */
export const WORD_SAMPLES_MIN = 32;
const WORD_SAMPLES_MAX = 2 ** 21 - 1;

/** The mu-law byte of each symbol but noise: the loud half of both signs, then two softer ones. */
const BYTES = Uint8Array.from({ length: 131 }, (_, symbol) => {
  if (symbol === SYMBOL.start) return 0x40;
  if (symbol === SYMBOL.end) return 0xc0;
  if (symbol === SYMBOL.silence) return 0xff;
  return symbol < 64 ? symbol : 0x80 + symbol - 64;
});
const SAMPLES = Int16Array.from(BYTES, pcmOf);
const SYMBOLS = new Uint8Array(65_536).fill(SYMBOL.noise);
for (const [symbol, sample] of SAMPLES.entries()) SYMBOLS[sample & 0xffff] = symbol;

/** What a sample means. */
export function symbolOf(sample: number): number {
  return SYMBOLS[sample & 0xffff] ?? SYMBOL.noise;
}

function mix(a: number, b: number): number {
  const mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Two digits of proof that a number and a length belong together. */
export function checkOf(number: number, length: number): number {
  return mix(mix(number, 0x5eed), length) & 0x3fff;
}

/** What a word's body follows from. */
export function bodySeed(number: number, length: number): number {
  return mix(number, length);
}

/** The digit at a place of a word's body: HEADER_SAMPLES <= index < length - 1. */
export function bodyDigit(seed: number, index: number): number {
  return Math.imul(seed ^ Math.imul(index, 0x9e3779b1), 0x85ebca6b) >>> 25;
}

function symbolAt(number: number, length: number, seed: number, index: number): number {
  if (index === 0) return SYMBOL.start;
  if (index <= 4) return (number >>> (7 * (4 - index))) & 127;
  if (index <= 7) return (length >>> (7 * (7 - index))) & 127;
  if (index <= 9) return (checkOf(number, length) >>> (7 * (9 - index))) & 127;
  if (index === length - 1) return SYMBOL.end;
  return bodyDigit(seed, index);
}

/** A word to say: its number (0..NUMBER_MAX), how long it is, and the silence before it. */
export interface Spoken {
  readonly number: number;
  readonly ms: number;
  readonly pauseMs: number;
}

/** A word and where its samples are: `startSample` is its first, `endSample` follows its last. */
export interface PlacedWord {
  readonly number: number;
  readonly startSample: number;
  readonly endSample: number;
}

/** Says words one after the other, as many samples at a time as asked for; then only silence. */
export class Speaker {
  /** The words begun so far. */
  readonly words: PlacedWord[] = [];
  readonly #plan: Iterator<Spoken>;
  readonly #sampleRateHertz: number;
  #position = 0;
  #word: PlacedWord | undefined;

  /** `plan` may be endless. */
  constructor(plan: Iterable<Spoken>, sampleRateHertz: number) {
    this.#plan = plan[Symbol.iterator]();
    this.#sampleRateHertz = sampleRateHertz;
    this.#word = this.#next();
  }

  /** All words are said. */
  get done(): boolean {
    return this.#word === undefined;
  }

  /** The next `count` samples. */
  read(count: number): Int16Array {
    const samples = new Int16Array(count);
    const end = this.#position + count;
    for (let word = this.#word; word !== undefined && word.startSample < end; word = this.#word) {
      const length = word.endSample - word.startSample;
      const seed = bodySeed(word.number, length);
      const until = Math.min(word.endSample, end);
      for (let at = Math.max(word.startSample, this.#position); at < until; at++) {
        const symbol = symbolAt(word.number, length, seed, at - word.startSample);
        samples[at - end + count] = SAMPLES[symbol] ?? 0;
      }
      if (this.words.at(-1) !== word) this.words.push(word);
      if (word.endSample > end) break;
      this.#word = this.#next();
    }
    this.#position = end;
    return samples;
  }

  #next(): PlacedWord | undefined {
    const { value, done } = this.#plan.next();
    if (done) return undefined;
    const perMs = this.#sampleRateHertz / 1000;
    const length = Math.round(value.ms * perMs);
    if (value.number < 0 || value.number > NUMBER_MAX || !Number.isInteger(value.number)) {
      throw new RangeError(`a word's number is ${value.number}, expected 0 to ${NUMBER_MAX}`);
    }
    if (length < WORD_SAMPLES_MIN || length > WORD_SAMPLES_MAX) {
      throw new RangeError(
        `a word has ${length} samples, expected ${WORD_SAMPLES_MIN} to ${WORD_SAMPLES_MAX}`,
      );
    }
    const startSample = (this.#word?.endSample ?? 0) + Math.round(value.pauseMs * perMs);
    return { number: value.number, startSample, endSample: startSample + length };
  }
}

/** Says all of a plan, and `tailMs` of silence after it. */
export function speak(
  plan: readonly Spoken[],
  sampleRateHertz: number,
  tailMs = 0,
): { samples: Int16Array; words: readonly PlacedWord[] } {
  const totalMs = plan.reduce((sum, word) => sum + word.ms + word.pauseMs, tailMs);
  // Each word and pause rounds by itself: room for all of that, cut off below.
  const speaker = new Speaker(plan, sampleRateHertz);
  const samples = speaker.read(Math.ceil((totalMs * sampleRateHertz) / 1000) + plan.length);
  const end = speaker.words.at(-1)?.endSample ?? 0;
  const words = speaker.words;
  return { samples: samples.slice(0, end + Math.round((tailMs * sampleRateHertz) / 1000)), words };
}

export interface Chatter {
  /** Number of the first word; each next has the next. */
  readonly first: number;
  /** Words between two breaths. */
  readonly breathEvery: number;
  readonly wordMs: readonly [low: number, high: number];
  /** Silence between words. */
  readonly gapMs: readonly [low: number, high: number];
  /** Silence at a breath. */
  readonly breathMs: readonly [low: number, high: number];
}

const CHATTER: Chatter = {
  first: 1,
  breathEvery: 8,
  wordMs: [150, 700],
  gapMs: [0, 120],
  breathMs: [700, 1_500],
};

/** Endless speech: words in groups, with breaths between, aligned to nothing. */
export function* chatter(random: Random, given: Partial<Chatter> = {}): Generator<Spoken> {
  const manner = { ...CHATTER, ...given };
  for (let n = 0; ; n++) {
    const [low, high] = n % manner.breathEvery === 0 ? manner.breathMs : manner.gapMs;
    const pauseMs = between(random, low, high);
    yield { number: manner.first + n, ms: between(random, ...manner.wordMs), pauseMs };
  }
}

/** The first `count` words of speech. */
export function take(count: number, plan: Iterable<Spoken>): Spoken[] {
  const taken: Spoken[] = [];
  if (count === 0) return taken;
  for (const word of plan) {
    taken.push(word);
    if (taken.length === count) break;
  }
  return taken;
}

/** LINEAR16: two bytes a sample, the low one first, newly allocated. */
export function linear16(samples: Int16Array): Uint8Array {
  const bytes = Buffer.from(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  return endianness() === 'LE' ? bytes : bytes.swap16();
}

/** MULAW: a byte a sample. Only for samples of a voice: others become silence. */
export function mulaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, (sample) => BYTES[symbolOf(sample)] ?? 0xff);
}

/** The numbers that a transcript says, in order. */
export function numbersIn(transcript: string): number[] {
  return Array.from(transcript.matchAll(/\d+/g), (match) => Number(match[0]));
}
