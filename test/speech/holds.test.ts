import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Holds } from '../../src/speech/holds.ts';

/** `count` holds, one after the other, that ended before `nowMs` = 0. */
function holdsOf(count: number, lengthMs: number): Holds {
  const holds = new Holds();
  for (let n = count; n > 0; n -= 1) {
    holds.begin(n, -n * lengthMs);
    holds.end(n, (1 - n) * lengthMs);
  }
  return holds;
}

describe('Holds.etaMs()', () => {
  it('is unknown until ten holds have ended, and when there are no slots', () => {
    expect(holdsOf(9, 10_000).etaMs(1, 5, 0)).toBeNull();
    expect(holdsOf(10, 10_000).etaMs(1, 5, 0)).not.toBeNull();
    expect(holdsOf(10, 10_000).etaMs(1, 0, 0)).toBeNull();
  });

  it('knows when holds of one length come back, and when those do that follow them', () => {
    const holds = holdsOf(20, 10_000);
    for (const fromMs of [0, 0, 4_000, 4_000]) holds.begin({}, fromMs);
    const etasMs = [1, 2, 3, 4, 5, 6, 7, 8].map((position) => holds.etaMs(position, 4, 5_000));
    for (const [n, dueMs] of [
      5_000, 5_000, 9_000, 9_000, 15_000, 15_000, 19_000, 19_000,
    ].entries()) {
      expect(Math.abs((etasMs[n] ?? 0) - dueMs)).toBeLessThan(700);
    }
  });

  it('grants free slots at once, and nothing while more are held than may be', () => {
    const holds = holdsOf(20, 10_000);
    holds.begin({}, 0);
    holds.begin({}, 3_000);
    expect(holds.etaMs(2, 4, 4_000)).toBe(0);
    expect(holds.etaMs(3, 4, 4_000)).toBeGreaterThan(5_000);
    expect(holds.etaMs(1, 1, 4_000)).toBeGreaterThan(8_500);
  });

  it('foresees a steady rate far away', () => {
    const holds = holdsOf(40, 10_000);
    for (let n = 0; n < 20; n += 1) holds.begin({}, 0);
    const etaMs = holds.etaMs(10_000, 20, 0) ?? 0;
    expect(etaMs / ((10_000 / 20) * 10_000)).toBeGreaterThan(0.9);
    expect(etaMs / ((10_000 / 20) * 10_000)).toBeLessThan(1.1);
  });

  it('is not misled by early ends while most holds go on', () => {
    const holds = new Holds();
    for (let n = 0; n < 40; n += 1) holds.begin(n, 0);
    for (let n = 0; n < 10; n += 1) holds.end(n, 1_000);
    for (let n = 40; n < 50; n += 1) holds.begin(n, 1_000);
    expect(holds.etaMs(1, 40, 1_500)).toBeLessThan(2_000);
    // All that have come to a second and a half have stayed on; the ten new ones may end at a second.
    expect(holds.etaMs(40, 40, 1_900)).toBeGreaterThan(1_500);
  });

  it('follows a change of the lengths', () => {
    const holds = holdsOf(300, 60_000);
    for (let n = 0; n < 300; n += 1) {
      holds.begin(n, n * 1_000);
      holds.end(n, (n + 1) * 1_000);
    }
    holds.begin({}, 300_000);
    expect(holds.etaMs(1, 1, 300_000)).toBeLessThan(1_200);
  });

  it('believes who knows how long a slot is still needed', () => {
    const holds = holdsOf(20, 10_000);
    holds.begin({}, 0, () => 1_000);
    holds.begin({}, 0);
    const etasMs = [1, 2, 3].map((position) => holds.etaMs(position, 2, 3_000));
    for (const [n, dueMs] of [1_000, 7_000, 11_000].entries()) {
      expect(Math.abs((etasMs[n] ?? 0) - dueMs)).toBeLessThan(700);
    }
  });

  it('and who waits and knows how long it will be, in the order of turns', () => {
    const holds = holdsOf(20, 10_000);
    holds.begin({}, 0);
    const waiting = [() => 2_000, () => 3_000, () => undefined];
    const etasMs = [1, 2, 3, 4].map((nth) => holds.etaMs(nth, 1, 5_000, () => waiting));
    for (const [n, dueMs] of [5_000, 7_000, 10_000, 20_000].entries()) {
      expect(Math.abs((etasMs[n] ?? 0) - dueMs)).toBeLessThan(700);
    }
  });

  it('moves a forecast on by the grants and the time since', () => {
    const holds = holdsOf(20, 10_000);
    for (const [id, fromMs] of [0, 2_000].entries()) holds.begin(`${id}`, fromMs);
    expect(Math.abs((holds.etaMs(2, 2, 9_900) ?? 0) - 2_100)).toBeLessThan(700);
    holds.end('0', 10_000);
    holds.begin('2', 10_000);
    expect(Math.abs((holds.etaMs(1, 2, 10_000) ?? 0) - 2_000)).toBeLessThan(700);
  });

  it('is finite and rises with the position, for any use', () => {
    const step = fc.record({ afterMs: fc.nat(5_000), ends: fc.boolean(), n: fc.nat(99) });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120 }),
        fc.integer({ min: 1, max: 9 }),
        (steps, limit) => {
          const holds = new Holds();
          let held: object[] = [];
          let nowMs = 0;
          for (const { afterMs, ends, n } of steps) {
            nowMs += afterMs;
            const one = ends ? held[n % Math.max(1, held.length)] : undefined;
            if (one === undefined) {
              held.push({});
              holds.begin(held.at(-1) ?? {}, nowMs);
            } else {
              held = held.filter((other) => other !== one);
              holds.end(one, nowMs);
            }
          }
          let lastMs = 0;
          for (const position of [1, 2, 5, 20, 1_000]) {
            const etaMs = holds.etaMs(position, limit, nowMs) ?? lastMs;
            expect(Number.isFinite(etaMs)).toBe(true);
            expect(etaMs).toBeGreaterThanOrEqual(lastMs);
            lastMs = etaMs;
          }
        },
      ),
    );
  });
});
