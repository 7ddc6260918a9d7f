import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/session/pace.ts';

const RATE = 8_000;
const PER_MS = RATE / 1000;

function newPace(paceBurstMs = 1_000, paceSpeed = 2, nowMs = 0): Pace {
  return new Pace({ paceBurstMs, paceSpeed }, RATE, nowMs);
}

/** How many frames of `ms` may go at `nowMs`. */
function goes(pace: Pace, ms: number, nowMs: number): number {
  let count = 0;
  while (count < 1_000 && pace.take(ms * PER_MS, nowMs)) count += 1;
  return count;
}

describe('Pace', () => {
  it('lets the burst go at once, then its speed', () => {
    const pace = newPace();
    expect(goes(pace, 100, 0)).toBe(10);
    expect(goes(pace, 100, 49)).toBe(1);
    expect(goes(pace, 100, 50)).toBe(0);
    expect(goes(pace, 100, 51)).toBe(1);
    expect(goes(pace, 100, 60_000)).toBe(10);
  });

  it('never holds up live speech', () => {
    const pace = newPace(1_000, 1);
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
      expect(pace.take(100 * PER_MS, nowMs)).toBe(true);
    }
  });

  it('lets a frame longer than the burst pass, and makes the next one wait for it', () => {
    const pace = newPace(100, 2);
    expect(pace.take(1_000 * PER_MS, 0)).toBe(true);
    expect(pace.take(1, 450)).toBe(false);
    expect(pace.take(1, 451)).toBe(true);
  });

  it('says how long audio would take', () => {
    const pace = newPace(1_000, 2, 500);
    expect(pace.waitMs(1_000 * PER_MS, 500)).toBe(0);
    expect(pace.waitMs(3_000 * PER_MS, 500)).toBe(1_000);
    goes(pace, 100, 500);
    expect(pace.waitMs(0, 500)).toBe(0);
    expect(pace.waitMs(1_000 * PER_MS, 500)).toBe(500);
    expect(pace.waitMs(1_000 * PER_MS, 750)).toBe(250);
  });

  it('spends nothing when it refuses', () => {
    const pace = newPace(100, 1);
    pace.take(100 * PER_MS, 0);
    for (let n = 0; n < 100; n++) expect(pace.take(100 * PER_MS, 0)).toBe(false);
    expect(pace.take(PER_MS, 1)).toBe(true);
  });

  it('gives in any time no more than the burst, its speed and one frame', () => {
    const step = fc.record({ waitMs: fc.nat(500), ms: fc.integer({ min: 1, max: 1_000 }) });
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 4 }), (steps, speed) => {
        const pace = newPace(1_000, speed);
        let nowMs = 0;
        let goneMs = 0;
        for (const { waitMs, ms } of steps) {
          nowMs += waitMs;
          if (pace.take(ms * PER_MS, nowMs)) goneMs += ms;
          expect(goneMs).toBeLessThanOrEqual(1_000 + speed * nowMs + 1_000);
        }
      }),
    );
  });
});
