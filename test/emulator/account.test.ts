import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOf } from './account.ts';
import type { PlacedWord } from './voice.ts';

const NOTHING = { lost: [], doubled: [], swapped: [], strange: [] };

function words(...numbers: number[]): PlacedWord[] {
  return numbers.map((number, n) => ({ number, startSample: n * 100, endSample: n * 100 + 80 }));
}

describe('accountOf()', () => {
  it('finds nothing when every word came once and in order', () => {
    expect(accountOf(words(7, 8, 9), [7, 8, 9])).toEqual(NOTHING);
    expect(accountOf([], [])).toEqual(NOTHING);
  });

  it('says which words were lost, and where they were', () => {
    const spoken = words(7, 8, 9);
    expect(accountOf(spoken, [7, 9])).toEqual({ ...NOTHING, lost: [spoken[1]] });
  });

  it('counts each further time that a word comes', () => {
    expect(accountOf(words(7, 8), [7, 8, 7, 8, 8])).toEqual({ ...NOTHING, doubled: [7, 8, 8] });
  });

  it('calls a word swapped that comes after a later one', () => {
    expect(accountOf(words(7, 8, 9), [8, 9, 7])).toEqual({ ...NOTHING, swapped: [7] });
  });

  it('calls a word strange that was not spoken', () => {
    expect(accountOf(words(7, 8), [7, 1, 8])).toEqual({ ...NOTHING, strange: [1] });
  });

  it('finds a fault in whatever differs from what was spoken', () => {
    const spoken = words(0, 1, 2, 3, 4, 5);
    const heard = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 12 });
    fc.assert(
      fc.property(heard, (numbers) => {
        const faults = Object.values(accountOf(spoken, numbers)).flat().length;
        expect(faults === 0).toBe(numbers.join() === '0,1,2,3,4,5');
      }),
    );
  });
});
