import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slab } from '../../src/wire/slab.ts';

const SIZES = fc.array(fc.integer({ min: 0, max: 12_000 }), { maxLength: 60 });

describe('Slab', () => {
  it('copies what it is given, and no piece is ever touched by a later one', () => {
    fc.assert(
      fc.property(SIZES, (sizes) => {
        const slab = new Slab();
        const pieces = sizes.map((bytes, nth) => slab.copy(new Uint8Array(bytes).fill(nth).buffer));
        expect(pieces.map(({ byteLength }) => byteLength)).toEqual(sizes);
        for (const [nth, piece] of pieces.entries()) {
          expect(piece.every((byte) => byte === nth % 256)).toBe(true);
        }
      }),
    );
  });

  it('puts pieces at places where samples of any width may begin', () => {
    const slab = new Slab();
    for (const bytes of [1, 3, 640, 7, 3_200]) expect(slab.take(bytes).byteOffset % 8).toBe(0);
  });

  it('holds at most a block of 16 KiB by a piece, and none beside a piece of half of that', () => {
    const slab = new Slab();
    expect(slab.take(100).buffer.byteLength).toBe(16_384);
    expect(slab.take(8_193).buffer.byteLength).toBe(8_193);
  });
});
