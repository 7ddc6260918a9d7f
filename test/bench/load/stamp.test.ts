import { describe, expect, it } from 'vitest';
import { readStamp, STAMP_BYTES, stampBytes, writeMasked } from '../../../bench/load/stamp.ts';

const STAMP = { session: 70_000, nth: 3, dueMs: 123_456.789 };
const MASK = 0x37_fa_21_3d;

describe('readStamp()', () => {
  it('reads what was written, wherever it stands', () => {
    const bytes = Buffer.alloc(7 + STAMP_BYTES);
    stampBytes(STAMP).copy(bytes, 7);
    expect(readStamp(bytes, 7)).toEqual(STAMP);
  });

  it('answers nothing where there is none, or not all of it', () => {
    expect(readStamp(Buffer.alloc(100), 0)).toBeUndefined();
    expect(readStamp(stampBytes(STAMP).subarray(0, STAMP_BYTES - 1), 0)).toBeUndefined();
  });
});

describe('writeMasked()', () => {
  it('writes what the mask turns back into a stamp', () => {
    const bytes = Buffer.alloc(8 + STAMP_BYTES);
    writeMasked(STAMP, MASK, bytes, 8);
    for (let at = 8; at < bytes.byteLength; at += 4) {
      bytes.writeInt32BE(bytes.readInt32BE(at) ^ MASK, at);
    }
    expect(readStamp(bytes, 8)).toEqual(STAMP);
  });
});
