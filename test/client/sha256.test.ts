import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSha256, joined, sha256 } from '../../src/client/sha256.ts';

describe('sha256()', () => {
  it('is what Node makes of any bytes, around the edges of blocks too', () => {
    for (let bytes = 0; bytes < 200; bytes++) {
      const data = new Uint8Array(bytes).fill(bytes);
      expect(Buffer.from(sha256(data))).toEqual(createHash('sha256').update(data).digest());
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (data) => {
        expect(Buffer.from(sha256(data))).toEqual(createHash('sha256').update(data).digest());
      }),
    );
  });
});

describe('hmacSha256()', () => {
  it('is what Node makes of any key and any parts', () => {
    const part = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(part, part, part, (key, one, two) => {
        const expected = createHmac('sha256', key).update(one).update(two).digest();
        expect(Buffer.from(hmacSha256(key, one, two))).toEqual(expected);
      }),
    );
  });
});

describe('joined()', () => {
  it('is all bytes in their order', () => {
    expect(joined([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)])).toEqual(
      Uint8Array.of(1, 2, 3),
    );
  });
});
