import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saidOf } from '../../src/session/said.ts';
import { trim, unrepeated, unsaid, wholeEnd } from '../../src/session/seam.ts';
import type { FinalResult, Word } from '../../src/speech/recognizer.ts';

function word(text: string, startSample: number, endSample: number): Word {
  return { text, startSample, endSample };
}

function final(...words: Word[]): FinalResult {
  const startSample = words[0]?.startSample ?? 0;
  const endSample = words.at(-1)?.endSample ?? 0;
  return { startSample, endSample, text: words.map(({ text }) => text).join(' '), words };
}

const OPEN = { seam: 0, cut: undefined };

describe('wholeEnd()', () => {
  it('is the end of the last word that ends early enough, or the start where none does', () => {
    const said = final(word('one', 100, 200), word('two', 200, 300));
    expect([300, 299, 150].map((until) => wholeEnd(said, until))).toEqual([300, 200, 100]);
    expect(wholeEnd({ startSample: 7, endSample: 9, text: 'one' }, 300)).toBe(7);
  });
});

describe('trim()', () => {
  it('leaves a final alone that lies between seam and cut', () => {
    const whole = final(word('one', 100, 200), word('two', 200, 300));
    expect(trim(whole, OPEN)).toEqual(whole);
    expect(trim(whole, { seam: 50, cut: 400 })).toEqual(whole);
  });

  it('keeps the word across the cut to its end and drops those that begin at or after it', () => {
    const whole = final(word('one', 100, 200), word('two', 240, 300), word('three', 250, 400));
    expect(trim(whole, { seam: 0, cut: 250 })).toMatchObject({ text: 'one two', endSample: 300 });
  });

  it('keeps of the new stream the words whose middle lies at or after the seam', () => {
    const whole = final(word('two', 100, 300), word('three', 150, 270), word('four', 300, 400));
    const kept = trim(whole, { seam: 210, cut: undefined });
    expect(kept).toMatchObject({ text: 'three four', startSample: 210, endSample: 400 });
  });

  it('is nothing when no word is left', () => {
    expect(trim(final(word('one', 100, 200)), { seam: 0, cut: 100 })).toBeUndefined();
    expect(trim(final(word('one', 100, 200)), { seam: 151, cut: undefined })).toBeUndefined();
  });

  it('takes out the other readings with the words they cover', () => {
    const whole = final(word('one', 100, 200), word('two', 300, 400));
    const cut = trim({ ...whole, alternatives: [{ text: 'won too' }] }, { seam: 0, cut: 300 });
    expect(cut).not.toHaveProperty('alternatives');
  });

  it('gives a final without word times to the stream in whose part it begins', () => {
    const bare = { startSample: 100, endSample: 300, text: 'one two' };
    expect(trim(bare, { seam: 0, cut: 100 })).toBeUndefined();
    expect(trim(bare, { seam: 201, cut: undefined })).toBeUndefined();
    expect(trim(bare, { seam: 150, cut: 200 })).toMatchObject({ startSample: 150, endSample: 300 });
  });

  it('gives every word of two streams that hear the same to exactly one of them', () => {
    const lengths = fc.array(fc.integer({ min: 10, max: 700 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(lengths, fc.nat(10_000), (parts, cut) => {
        let at = 0;
        const words = parts.map((length, n) => {
          const start = at;
          at += length;
          return word(`${n}`, start, at);
        });
        const old = trim(final(...words), { seam: 0, cut });
        const seam = Math.max(cut, old?.words?.at(-1)?.endSample ?? 0);
        const next = trim(final(...words), { seam, cut: undefined });
        const said = [...(old?.words ?? []), ...(next?.words ?? [])].map(({ text }) => text);
        expect(said).toEqual(words.map(({ text }) => text));
      }),
    );
  });
});

describe('unrepeated()', () => {
  const interim = (text: string, startSample = 100) => ({ startSample, endSample: 900, text });

  it('leaves an interim alone that begins where nothing is said yet', () => {
    const fresh = interim('two three', 300);
    expect(unrepeated(fresh, saidOf('one two'), 300)).toBe(fresh);
  });

  it('takes out the words that the final before ended with, however they are written', () => {
    const rest = { text: 'three four', startSample: 300, endSample: 900 };
    expect(unrepeated(interim('Two three four'), saidOf('one two.'), 300)).toEqual(rest);
    expect(unrepeated(interim('one Two, three four'), saidOf('One two'), 300)).toEqual(rest);
  });

  it('keeps words that only sound like what was said earlier', () => {
    expect(unrepeated(interim('one three'), saidOf('one two'), 300)?.text).toBe('one three');
    expect(unrepeated(interim('two three'), saidOf(''), 300)?.text).toBe('two three');
  });

  it('is nothing when all of it is said', () => {
    expect(unrepeated(interim('one two'), saidOf('zero one two'), 300)).toBeUndefined();
  });
});

describe('unsaid()', () => {
  it('takes out the words that a live line has said already, and their time', () => {
    const whole = final(word('Two', 100, 200), word('three', 250, 300));
    expect(unsaid(whole, saidOf('one two'))).toMatchObject({
      text: 'three',
      startSample: 250,
      words: [{ text: 'three' }],
    });
    expect(
      unsaid({ startSample: 100, endSample: 300, text: 'two three' }, saidOf('one two')),
    ).toEqual({
      startSample: 100,
      endSample: 300,
      text: 'three',
    });
  });

  it('leaves a final alone that says nothing again, and is nothing when all is said', () => {
    const whole = final(word('two', 100, 200));
    expect(unsaid(whole, saidOf('one'))).toBe(whole);
    expect(unsaid(whole, saidOf('one two'))).toBeUndefined();
  });
});
