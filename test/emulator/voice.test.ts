import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ear } from './ear.ts';
import { fromMulaw } from './g711.ts';
import { randomOf } from './random.ts';
import { Samples } from './samples.ts';
import type { PlacedWord, Spoken } from './voice.ts';
import {
  chatter,
  linear16,
  mulaw,
  NUMBER_MAX,
  numbersIn,
  Speaker,
  speak,
  take,
  WORD_SAMPLES_MIN,
} from './voice.ts';

/** Words as short as they may be, so that every sample of them can be tried. */
const SHORT = { wordMs: [5, 12], gapMs: [0, 2], breathMs: [2, 4] } as const;
const RATES = [8_000, 11_025, 16_000, 44_100, 48_000];

function hear(...chunks: Int16Array[]): PlacedWord[] {
  const ear = new Ear();
  return chunks
    .flatMap((chunk) => ear.hear(chunk))
    .flatMap((mark) =>
      mark.kind === 'word'
        ? [{ number: mark.number, startSample: mark.startSample, endSample: mark.at }]
        : [],
    );
}

function numbers(samples: Int16Array): number[] {
  return hear(samples).map(({ number }) => number);
}

function short(seed: number, count: number): { samples: Int16Array; words: readonly PlacedWord[] } {
  return speak(take(count, chatter(randomOf(seed), SHORT)), 8_000, 3);
}

function join(...parts: Int16Array[]): Int16Array {
  const joined = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function isSame(samples: Int16Array, word: Int16Array): boolean {
  return word.every((sample, i) => sample === samples[i]);
}

describe('a voice', () => {
  it('is heard word by word, each at its own samples, at every rate', () => {
    for (const rate of RATES) {
      const { samples, words } = speak(take(30, chatter(randomOf(rate))), rate, 100);
      expect(hear(samples)).toEqual(words);
    }
  });

  it('says words of 150 to 700 ms, aligned to no frame', () => {
    const { words } = speak(take(300, chatter(randomOf(7))), 16_000);
    const lengths = words.map(({ startSample, endSample }) => endSample - startSample);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(2_400);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(11_200);
    const aligned = words.filter(({ startSample }) => startSample % 160 === 0);
    expect(aligned.length).toBeLessThan(10);
  });

  it('is heard the same however it is cut into chunks', () => {
    const { samples, words } = short(1, 20);
    fc.assert(
      fc.property(fc.array(fc.nat(samples.length), { maxLength: 40 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), samples.length];
        const chunks = places.slice(1).map((end, i) => samples.subarray(places[i], end));
        expect(hear(...chunks)).toEqual(words);
      }),
    );
  });

  it('carries any number and any length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: NUMBER_MAX }),
        fc.integer({ min: WORD_SAMPLES_MIN, max: 9_000 }),
        (number, length) => {
          const { samples } = speak([{ number, ms: length / 8, pauseMs: 1 }], 8_000);
          const endSample = 8 + length;
          expect(hear(samples)).toEqual([{ number, startSample: 8, endSample }]);
        },
      ),
    );
  });

  it('loses exactly the word of a missing sample, whichever it is', () => {
    const { samples, words } = short(2, 12);
    for (let at = 0; at < samples.length; at++) {
      const rest = join(samples.subarray(0, at), samples.subarray(at + 1));
      const kept = words.filter(
        ({ startSample, endSample }) => at < startSample || at >= endSample,
      );
      expect(numbers(rest), `without sample ${at}`).toEqual(kept.map(({ number }) => number));
    }
  });

  it('loses exactly the words that do not stand whole where a stretch is missing', () => {
    const { samples, words } = short(3, 12);
    const place = fc.nat(samples.length);
    fc.assert(
      fc.property(place, place, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const rest = join(samples.subarray(0, from), samples.subarray(to));
        // From START to START, or up to END, the rest of two words may be one of them to the sample.
        const stands = ({ startSample, endSample }: PlacedWord, at: number): boolean =>
          at >= 0 && isSame(rest.subarray(at), samples.subarray(startSample, endSample));
        const kept = words.filter(
          (word) => stands(word, word.startSample) || stands(word, word.startSample - to + from),
        );
        expect(numbers(rest)).toEqual(kept.map(({ number }) => number));
      }),
      { examples: [[137, 339]] },
    );
  });

  it('loses exactly the word of a doubled sample', () => {
    const { samples, words } = short(4, 12);
    for (let at = 0; at < samples.length; at++) {
      const doubled = join(samples.subarray(0, at + 1), samples.subarray(at));
      // A doubled first sample is a word that begins a sample late, and a doubled last one ended.
      const kept = words.filter(
        ({ startSample, endSample }) => at <= startSample || at >= endSample - 1,
      );
      expect(numbers(doubled), `sample ${at} twice`).toEqual(kept.map(({ number }) => number));
    }
  });

  it('loses exactly the word of a changed sample', () => {
    const { samples, words } = short(5, 12);
    fc.assert(
      fc.property(fc.nat(samples.length - 1), fc.integer({ min: 1, max: 65_535 }), (at, by) => {
        const changed = samples.slice();
        changed[at] = (changed[at] ?? 0) + by;
        const kept = words.filter(
          ({ startSample, endSample }) => at < startSample || at >= endSample,
        );
        expect(numbers(changed)).toEqual(kept.map(({ number }) => number));
      }),
    );
  });

  it('says nothing to who begins to listen in mid-word', () => {
    const { samples, words } = short(6, 12);
    for (let from = 0; from < samples.length; from++) {
      const kept = words.filter(({ startSample }) => startSample >= from);
      expect(numbers(samples.subarray(from))).toEqual(kept.map(({ number }) => number));
    }
  });

  it('is heard by two streams that meet at a cut without a word doubled, and one lost at most', () => {
    const { samples, words } = short(8, 12);
    for (let cut = 0; cut <= samples.length; cut++) {
      const heard = [...numbers(samples.subarray(0, cut)), ...numbers(samples.subarray(cut))];
      const across = words.filter(({ startSample: a, endSample: b }) => a < cut && cut < b);
      const kept = words.filter((word) => !across.includes(word)).map(({ number }) => number);
      expect(across.length).toBeLessThanOrEqual(1);
      expect(heard).toEqual(kept);
    }
  });

  it('is heard twice where two streams overlap on a whole word, and never lost', () => {
    const { samples, words } = short(9, 12);
    fc.assert(
      fc.property(fc.nat(samples.length), fc.nat(300), (from, overlap) => {
        const to = Math.min(samples.length, from + overlap);
        const first = numbers(samples.subarray(0, to));
        const second = numbers(samples.subarray(from));
        const twice = first.filter((number) => second.includes(number));
        const inside = words.filter(({ startSample: a, endSample: b }) => a >= from && b <= to);
        expect(twice).toEqual(inside.map(({ number }) => number));
      }),
    );
  });

  it('keeps all words when mu-law carries it', () => {
    const { samples, words } = short(10, 12);
    expect(fromMulaw(mulaw(samples))).toEqual(samples);
    const heard = new Samples({ ...ASK, encoding: 'MULAW' }).of(mulaw(samples));
    expect(hear(heard)).toEqual(words);
  });

  it('keeps all words when LINEAR16 bytes are cut inside a sample', () => {
    const { samples, words } = short(11, 12);
    const bytes = linear16(samples);
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (one, other) => {
        const reader = new Samples(ASK);
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const chunks = [bytes.subarray(0, low), bytes.subarray(low, high), bytes.subarray(high)];
        expect(hear(...chunks.map((chunk) => reader.of(chunk)))).toEqual(words);
      }),
    );
  });

  it('is heard on the first of several channels', () => {
    const { samples, words } = short(12, 5);
    const three = Int16Array.from({ length: samples.length * 3 }, (_, i) =>
      i % 3 === 0 ? (samples[i / 3] ?? 0) : 99,
    );
    expect(hear(new Samples({ ...ASK, channels: 3 }).of(linear16(three)))).toEqual(words);
  });
});

describe('Speaker', () => {
  it('says the same in chunks as at once, and then silence', () => {
    const plan = take(20, chatter(randomOf(13), SHORT));
    const { samples, words } = speak(plan, 8_000);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 30 }), (sizes) => {
        const speaker = new Speaker(plan, 8_000);
        const chunks = [...sizes, samples.length + 100].map((size) => speaker.read(size));
        const said = join(...chunks);
        expect(said.subarray(0, samples.length)).toEqual(samples);
        expect(said.subarray(samples.length).every((sample) => sample === 0)).toBe(true);
        expect(speaker.words).toEqual(words);
        expect(speaker.done).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('goes on for ever with an endless plan', () => {
    const speaker = new Speaker(chatter(randomOf(14)), 8_000);
    speaker.read(80_000);
    expect(speaker.done).toBe(false);
    expect(speaker.words.length).toBeGreaterThan(10);
  });

  it('refuses a number or a length that a word cannot carry', () => {
    const say = (word: Partial<Spoken>) => () =>
      new Speaker([{ number: 1, ms: 200, pauseMs: 0, ...word }], 8_000);
    expect(say({ number: NUMBER_MAX + 1 })).toThrow('268435456');
    expect(say({ number: 0.5 })).toThrow('0.5');
    expect(say({ ms: 1 })).toThrow('8 samples');
  });
});

describe('numbersIn()', () => {
  it('reads the numbers of a transcript in order', () => {
    expect(numbersIn(' 17 18, 4.')).toEqual([17, 18, 4]);
    expect(numbersIn('')).toEqual([]);
  });
});

const ASK = {
  version: 'v1',
  encoding: 'LINEAR16',
  sampleRateHertz: 8_000,
  channels: 1,
  language: 'en-US',
  interim: true,
  activity: true,
  wordTimes: true,
  wordConfidence: false,
} as const;
