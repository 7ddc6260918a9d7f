import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Level } from '../../src/edge/overload.ts';
import { LEVELS, Overload } from '../../src/edge/overload.ts';

/** The level after each look, at a delay from which new sessions are refused of 400 ms. */
function levels(...loads: readonly (readonly [delayMs: number, memoryShare: number])[]): Level[] {
  const overload = new Overload(400);
  return loads.map(([delayMs, memoryShare]) => {
    overload.look({ delayMs, memoryShare });
    return overload.level;
  });
}

describe('Overload', () => {
  it('gives up interims, windows, new sessions and the newest sessions, in this order and a step a look', () => {
    const loads = Array.from({ length: 5 }, () => [5_000, 0] as const);
    expect(levels(...loads)).toEqual(['thin', 'shrink', 'refuse', 'shed', 'shed']);
    const full = Array.from({ length: 5 }, () => [0, 0.95] as const);
    expect(levels(...full)).toEqual(['thin', 'shrink', 'refuse', 'shed', 'shed']);
  });

  it.each([
    [99, 0.74, 'normal'],
    [100, 0, 'thin'],
    [0, 0.75, 'thin'],
    [200, 0, 'shrink'],
    [0, 0.8, 'shrink'],
    [400, 0, 'refuse'],
    [0, 0.85, 'refuse'],
    [799, 0.89, 'refuse'],
    [800, 0, 'shed'],
    [0, 0.9, 'shed'],
  ])('at a delay of %i ms and %f of the heap comes to %s', (delayMs, memoryShare, level) => {
    const loads = Array.from({ length: 9 }, () => [delayMs, memoryShare] as const);
    expect(levels(...loads).at(-1)).toBe(level);
  });

  it('goes back by a step after three looks with clearly less to do, and not at its edge', () => {
    expect(levels([100, 0], [71, 0], [71, 0], [71, 0])).toEqual(['thin', 'thin', 'thin', 'thin']);
    const back = levels([200, 0], [200, 0], ...Array.from({ length: 7 }, () => [0, 0] as const));
    expect(back.slice(1)).toEqual([
      'shrink',
      'shrink',
      'shrink',
      'thin',
      'thin',
      'thin',
      'normal',
      'normal',
    ]);
  });

  it('counts those looks anew after one that was not calm', () => {
    const level = levels([100, 0], [0, 0], [0, 0], [90, 0], [0, 0], [0, 0]);
    expect(level.at(-1)).toBe('thin');
  });

  it('moves by one step a look, gives up all milder things too, and comes to rest', () => {
    const load = fc.record({
      delayMs: fc.nat(2_000),
      memoryShare: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(load), (loads) => {
        const overload = new Overload(400);
        let before = 0;
        for (const each of loads) {
          overload.look(each);
          const at = LEVELS.indexOf(overload.level);
          expect(Math.abs(at - before)).toBeLessThanOrEqual(1);
          for (const level of LEVELS) {
            expect(overload.does(level)).toBe(LEVELS.indexOf(level) <= at);
          }
          before = at;
        }
        for (let n = 0; n < 12; n += 1) overload.look({ delayMs: 0, memoryShare: 0 });
        expect(overload.level).toBe('normal');
      }),
    );
  });
});
