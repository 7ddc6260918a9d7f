import { describe, expect, it } from 'vitest';
import { Leases } from '../../src/fleet/leases.ts';
import type { Usage } from '../../src/fleet/messages.ts';

function usage(seq: number, fields: Partial<Usage> = {}): Usage {
  const none = { used: 0, waiting: 0 };
  const starts = { spent: 0, waiting: 0 };
  return { seq, slots: none, overlaps: none, starts, quota: { served: 0, refused: 0 }, ...fields };
}

function newLeases(startsPerMinuteMax = 0) {
  return new Leases<string>({ streamsMax: 100, rotates: true, startsPerMinuteMax });
}

describe('Leases', () => {
  it('gives a worker all of it in one: slots, of the reserve, and any number of starts', () => {
    const leases = newLeases();
    leases.join('a');
    expect(leases.due(0)).toEqual([['a', { seq: 1, slots: 97, overlaps: 3, starts: null }]]);
    leases.report('a', usage(1), 0);
    expect(leases.due(0)).toEqual([]);
  });

  it('gives a second worker its part once the first has confirmed that it lets go', () => {
    const leases = newLeases();
    leases.join('a');
    leases.due(0);
    leases.report('a', usage(1), 0);
    leases.join('b');
    expect(leases.due(0)).toEqual([['a', { seq: 2, slots: 49, overlaps: 2, starts: null }]]);
    expect(leases.due(0)).toEqual([]);
    leases.report('a', usage(1), 0);
    expect(leases.due(0)).toEqual([]);
    leases.report('a', usage(2), 0);
    expect(leases.due(0)).toEqual([['b', { seq: 1, slots: 48, overlaps: 1, starts: null }]]);
    leases.leave('a', 0);
    expect(leases.due(0)).toEqual([]);
    leases.report('b', usage(1), 0);
    expect(leases.due(0)).toEqual([['b', { seq: 2, slots: 97, overlaps: 3, starts: null }]]);
  });

  it('follows the quota: to a tenth below the streams there are when one is refused, and up with those served', () => {
    const leases = newLeases();
    leases.join('a');
    leases.due(0);
    const slots = { used: 76, waiting: 20 };
    leases.report('a', usage(1, { slots, quota: { served: 0, refused: 4 } }), 10_000);
    expect(leases.streamLimit).toBe(69);
    expect(leases.due(10_000)).toEqual([['a', { seq: 2, slots: 66, overlaps: 3, starts: null }]]);
    leases.report('a', usage(2, { slots, quota: { served: 2, refused: 0 } }), 20_000);
    expect(leases.streamLimit).toBe(71);
    leases.report('a', usage(2, { quota: { served: 2, refused: 0 } }), 30_000);
    expect(leases.streamLimit).toBe(71);
  });

  it('shares out starts, and says when there will be more', () => {
    const leases = newLeases(2);
    leases.join('a');
    leases.due(0);
    leases.report('a', usage(1, { starts: { spent: 0, waiting: 1 } }), 0);
    expect(leases.due(0)).toMatchObject([['a', { starts: 1 }]]);
    leases.report('a', usage(2, { starts: { spent: 1, waiting: 1 } }), 0);
    expect(leases.due(0)).toMatchObject([['a', { starts: 2 }]]);
    leases.report('a', usage(3, { starts: { spent: 2, waiting: 1 } }), 100);
    expect(leases.due(100)).toEqual([]);
    expect(leases.waitMs(100)).toBe(60_400);
  });
});
