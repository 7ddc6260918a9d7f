import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carriedOf, repeated, saidBy, saidOf } from '../../src/session/said.ts';

describe('Said', () => {
  it.each([
    ['one two', 'two three', 1],
    ['One, two.', 'one TWO three', 2],
    ['one two', 'one three', 0],
    ['', 'one', 0],
    ['one', '', 0],
    ['no no no', 'no no', 2],
  ])('after %j, of %j so many words are said', (before, after, expected) => {
    expect(repeated(after.split(' '), saidOf(before))).toBe(expected);
  });

  it('says the same of the last four words once a token has carried them', () => {
    const word = fc.constantFrom('one', 'Two', 'drei', 'quattro', 'пять', '六');
    const text = fc.array(word, { maxLength: 20 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const carried = carriedOf(saidOf(before));
        expect(carried).toMatch(/^[\w-]{1,64}$/);
        const last = before.split(' ').slice(-4).join(' ');
        const words = after.split(' ');
        expect(repeated(words, saidBy(carried))).toBe(repeated(words, saidOf(last)));
      }),
    );
  });

  it('has no word in what is carried', () => {
    expect(carriedOf(saidOf('nobody reads this'))).not.toMatch(/nobody|reads|this/);
    expect(carriedOf([])).toBe('-');
  });
});
