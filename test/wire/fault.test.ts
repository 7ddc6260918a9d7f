import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complain, isFault } from '../../src/wire/fault.ts';

describe('complain()', () => {
  it.each([
    [undefined, 'absent'],
    [null, 'null'],
    [0, '0'],
    [true, 'true'],
    ['', "''"],
    ['a', "'a'"],
    [[1], 'an array'],
    [{}, 'an object'],
  ])('shows %j as %s', (value, shown) => {
    expect(complain('a.b', value, 'c')).toBe(`a.b is ${shown}, expected c`);
  });

  it('cuts a long text, and a cut through a character leaves no half of it', () => {
    expect(complain('a', 'x'.repeat(40), 'b')).toBe(`a is '${'x'.repeat(40)}', expected b`);
    expect(complain('a', 'x'.repeat(41), 'b')).toBe(`a is '${'x'.repeat(40)}…', expected b`);
    expect(complain('a', `${'x'.repeat(39)}😀`, 'b')).toBe(
      `a is '${'x'.repeat(39)}?…', expected b`,
    );
  });

  it('keeps what people write and nothing that steers a terminal or breaks a line', () => {
    expect(complain('a', 'Grüße 東京', 'b')).toBe("a is 'Grüße 東京', expected b");
    const wild = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(wild, (text) => {
        const sentence = complain('a', text, 'b');
        expect(sentence).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(sentence.length).toBeLessThan(70);
      }),
    );
  });
});

describe('isFault()', () => {
  it('tells a fault from audio and from messages', () => {
    expect(isFault({ code: 'bad_audio', message: 'x' })).toBe(true);
    expect(isFault(new Uint8Array(2))).toBe(false);
    expect(isFault({ type: 'finish' })).toBe(false);
  });
});
