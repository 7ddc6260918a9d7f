import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../src/session/timeline.ts';

/** stream 0..800 is session 4000..4800, and stream 800..2000 is session 6400..7600 */
function newTimeline(): Timeline {
  const timeline = new Timeline();
  timeline.hear(4_000, 500);
  timeline.hear(4_500, 300);
  timeline.hear(6_400, 1_200);
  return timeline;
}

describe('Timeline', () => {
  it('has no end before the first sample', () => {
    const timeline = new Timeline();
    expect([timeline.heard, timeline.end]).toEqual([0, undefined]);
    expect([timeline.startAt(0), timeline.endAt(0)]).toEqual([0, 0]);
  });

  it('counts what was heard and knows where it ends', () => {
    expect(newTimeline()).toMatchObject({ heard: 2_000, end: 7_600 });
  });

  it.each([
    [0, 4_000, 4_000],
    [799, 4_799, 4_799],
    [800, 6_400, 4_800],
    [801, 6_401, 6_401],
    [2_000, 7_600, 7_600],
    [9_999, 7_600, 7_600],
  ])('says where what begins or ends at %i lies: around a gap, not in it', (at, start, end) => {
    expect([newTimeline().startAt(at), newTimeline().endAt(at)]).toEqual([start, end]);
  });

  it('is told of no place before an earlier one', () => {
    const timeline = newTimeline();
    expect(() => timeline.hear(7_599, 1)).toThrow();
    expect(() => timeline.hear(4_000, 1)).toThrow();
  });

  it('still places a late final over silence that was settled before a gap', () => {
    const timeline = newTimeline();
    timeline.forget(7_600);
    expect([timeline.startAt(100), timeline.endAt(700)]).toEqual([4_100, 4_700]);
  });

  it('keeps a bounded number of runs, and all that are not settled', () => {
    const timeline = new Timeline();
    for (let n = 0; n < 1_000; n++) timeline.hear(10 * n, 5);
    timeline.forget(2_000);
    expect(timeline.startAt(1_000)).toBe(2_000);
    // What is forgotten is placed where memory begins, never before.
    expect(timeline.startAt(0)).toBe(2_000);
    timeline.forget(10_000);
    expect(timeline.startAt(0)).toBe(9_360);
    expect(timeline.endAt(5_000)).toBe(9_995);
  });

  it('places every sample as a list of all samples does', () => {
    const part = fc.record({
      gap: fc.nat(3),
      samples: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.nat(50), fc.array(part, { minLength: 1 }), (first, parts) => {
        const timeline = new Timeline();
        const places: number[] = [];
        let session = first;
        for (const { gap, samples } of parts) {
          session += gap;
          timeline.hear(session, samples);
          for (let n = 0; n < samples; n++) places.push(session + n);
          session += samples;
        }
        expect([timeline.heard, timeline.end]).toEqual([places.length, session]);
        for (const [at, place] of places.entries()) {
          expect(timeline.startAt(at)).toBe(place);
          expect(timeline.endAt(at + 1)).toBe(place + 1);
        }
      }),
    );
  });
});
