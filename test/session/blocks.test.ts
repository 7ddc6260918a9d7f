import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/session/blocks.ts';
import { Blocks } from '../../src/session/blocks.ts';

interface Kept {
  readonly value: number;
  readonly frame: Frame;
}

describe('Blocks', () => {
  it('keep every piece until it is freed, whatever other tapes do', () => {
    const bytes = fc.oneof(fc.integer({ min: 1, max: 12_000 }), fc.constant(9_728));
    const step = fc.record({ tape: fc.nat(2), frees: fc.nat(3), bytes });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const tapes = [0, 1, 2].map(() => ({ blocks: new Blocks(), kept: [] as Kept[] }));
        for (const [nth, { tape, frees, bytes: length }] of steps.entries()) {
          const { blocks, kept } = tapes[tape] ?? expect.fail();
          const value = nth % 251;
          kept.push({ value, frame: blocks.copy(new Uint8Array(length).fill(value)) });
          for (const { frame } of kept.splice(0, frees)) blocks.free(frame);
          for (const { frame, value: whole } of tapes.flatMap((each) => each.kept)) {
            expect(frame.audio.every((byte) => byte === whole)).toBe(true);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('begin each piece where a processor likes it', () => {
    const blocks = new Blocks();
    for (const bytes of [1, 3, 640, 7, 3_200]) {
      expect(blocks.copy(new Uint8Array(bytes)).audio.byteOffset % 8).toBe(0);
    }
  });

  it('use again what is free, and hold nothing of a tape that is empty', () => {
    const [one, other] = [new Blocks(), new Blocks()];
    const frame = one.copy(new Uint8Array(3_200));
    expect(frame.audio.buffer.byteLength).toBe(9_728);
    one.free(frame);
    const shorter = other.copy(new Uint8Array(640));
    expect(shorter.audio.buffer).toBe(frame.audio.buffer);
    expect(shorter).not.toBe(frame);
    expect(one.copy(new Uint8Array(640)).audio.buffer).not.toBe(frame.audio.buffer);
  });

  it('use even the objects again where frames are as long as before', () => {
    const blocks = new Blocks();
    const frame = blocks.copy(new Uint8Array(3_200));
    blocks.free(frame);
    expect(blocks.copy(new Uint8Array(3_200).fill(1))).toBe(frame);
    expect(frame.audio[3_199]).toBe(1);
  });

  it('give a large frame memory of its own', () => {
    const blocks = new Blocks();
    const lent = Buffer.alloc(9_729, 7);
    const frame = blocks.copy(lent);
    lent.fill(8);
    expect(frame.audio.buffer.byteLength).toBe(9_729);
    expect(frame.audio.every((byte) => byte === 7)).toBe(true);
    blocks.free(frame);
  });

  it('keep no more objects for a block than frames of 20 ms make', () => {
    const blocks = new Blocks();
    const fill = (): Frame[] => Array.from({ length: 1_216 }, () => blocks.copy(new Uint8Array(1)));
    const before = fill();
    for (const frame of before) blocks.free(frame);
    const known = new Set(before);
    expect(fill().filter((frame) => known.has(frame))).toHaveLength(128);
  });
});
