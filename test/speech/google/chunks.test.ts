import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES_MAX, Chunks } from '../../../src/speech/google/chunks.ts';

/** Copies of the chunks that are full with these bytes, or that wait. */
function sent(chunks: Chunks, bytes?: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = [];
  const send = (chunk: Uint8Array): void => {
    out.push(Uint8Array.from(chunk));
    // Of what was sent nobody reads anything later.
    chunk.fill(0xee);
  };
  if (bytes === undefined) chunks.flush(send);
  else chunks.take(bytes, send);
  return out;
}

describe('Chunks', () => {
  it('makes 100 ms of frames of 20 ms', () => {
    const chunks = new Chunks(16_000, 2);
    const sizes = Array.from({ length: 10 }, () => sent(chunks, new Uint8Array(640)).length);
    expect(sizes).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(sent(chunks)).toEqual([]);
  });

  it('gives out a frame of 100 ms as it is, without a copy', () => {
    const frame = new Uint8Array(3_200);
    new Chunks(16_000, 2).take(frame, (chunk) => expect(chunk).toBe(frame));
    expect.assertions(1);
  });

  it('keeps every byte in order, in whole samples, and no chunk too large', () => {
    const rate = fc.integer({ min: 8_000, max: 48_000 });
    const frames = fc.array(fc.integer({ min: 1, max: 9_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(rate, fc.constantFrom(1, 2), frames, (sampleRate, width, samples) => {
        const chunks = new Chunks(sampleRate, width);
        let next = 0;
        const frame = (n: number) => Uint8Array.from({ length: n * width }, () => next++ % 251);
        const out = samples.flatMap((n) => sent(chunks, frame(n)));
        const all = [...out, ...sent(chunks)];
        for (const { byteLength } of all) {
          expect(byteLength % width).toBe(0);
          expect(byteLength).toBeLessThanOrEqual(CHUNK_BYTES_MAX);
        }
        const bytes = Buffer.concat(all);
        expect(bytes.length).toBe(next);
        expect(bytes.every((byte, at) => byte === at % 251)).toBe(true);
        expect(chunks.waiting).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [1, 0xff],
    [2, 0],
  ])('makes silence of samples of %i bytes, beside what waits', (width, zero) => {
    const chunks = new Chunks(8_000, width);
    sent(chunks, new Uint8Array(width).fill(7));
    const silence = [...chunks.silence(2_000)];
    expect(silence.map(({ byteLength }) => byteLength / width)).toEqual([800, 800, 400]);
    expect(Buffer.concat(silence).every((byte) => byte === zero)).toBe(true);
    expect(chunks.waiting).toBe(width);
  });
});
