import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recent } from '../../../src/speech/embedded/recent.ts';

describe('Recent', () => {
  it('gives back what was appended by its place, as long as it is not forgotten', () => {
    const step = fc.record({
      count: fc.integer({ min: 0, max: 40_000 }),
      keep: fc.integer({ min: 0, max: 50_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const recent = new Recent();
        let end = 0;
        let start = 0;
        for (const { count, keep } of steps) {
          // The sample at place n is n.
          recent.append(Float32Array.from({ length: count }, (_, i) => end + i));
          end += count;
          expect(recent.end).toBe(end);
          start = Math.max(start, end - keep);
          recent.forget(start);
          const kept = recent.view(start, end);
          expect(kept).toHaveLength(end - start);
          expect(kept.findIndex((sample, i) => sample !== start + i)).toBe(-1);
          expect(recent.copy(start, end)).toHaveLength(end - start);
        }
      }),
    );
  });

  it('copies what must outlast the next append', () => {
    const recent = new Recent();
    recent.append(Float32Array.of(1, 2, 3));
    const copy = recent.copy(1, 3);
    recent.forget(3);
    recent.append(new Float32Array(100_000).fill(9));
    expect([...copy]).toEqual([2, 3]);
  });
});
