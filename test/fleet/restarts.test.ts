import { describe, expect, it } from 'vitest';
import { Restarts } from '../../src/fleet/restarts.ts';

describe('Restarts', () => {
  it('follows one that served for a while at once', () => {
    const restarts = new Restarts();
    expect([5_000, 60_000, 5_000].map((ms) => restarts.died(ms))).toEqual([0, 0, 0]);
  });

  it('pauses longer with each that died young, and never gives up', () => {
    const restarts = new Restarts();
    const pauses = Array.from({ length: 8 }, () => restarts.died(4_999));
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
    for (let n = 0; n < 2_000; n += 1) restarts.died(0);
    expect(restarts.died(0)).toBe(2_000);
  });

  it('begins anew after one that served for a while', () => {
    const restarts = new Restarts();
    for (let n = 0; n < 7; n += 1) restarts.died(0);
    expect([restarts.died(5_000), restarts.died(0)]).toEqual([0, 100]);
  });
});
