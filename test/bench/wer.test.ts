import { describe, expect, it } from 'vitest';
import { compare, spell, wordsOf } from '../../bench/wer.ts';

describe('spell()', () => {
  it('spells numbers as people read them', () => {
    expect(spell(0).join(' ')).toBe('zero');
    expect(spell(19).join(' ')).toBe('nineteen');
    expect(spell(40).join(' ')).toBe('forty');
    expect(spell(1066).join(' ')).toBe('one thousand sixty six');
    expect(spell(2_300_105).join(' ')).toBe('two million three hundred thousand one hundred five');
  });
});

describe('wordsOf()', () => {
  it('forgets case and punctuation and spells numbers', () => {
    expect(wordsOf("Don't: it's 1,066 — side-by-side.")).toEqual([
      'dont',
      'its',
      'one',
      'thousand',
      'sixty',
      'six',
      'side',
      'by',
      'side',
    ]);
  });
});

describe('compare()', () => {
  it('counts replaced, missing and added words once each', () => {
    expect(compare('the rain in Spain', 'The rain, in Spain!')).toEqual({ wrong: 0, said: 4 });
    expect(compare('the rain in spain', 'a rain in spain stays')).toEqual({ wrong: 2, said: 4 });
    expect(compare('the rain in spain', '')).toEqual({ wrong: 4, said: 4 });
    expect(compare('', 'rain')).toEqual({ wrong: 1, said: 0 });
  });
});
