import { describe, expect, it } from 'vitest';
import type { Row } from '../src/live.ts';
import { joined, ROWS_MAX, sumsOf, tableOf } from '../src/live.ts';
import { UNHEARD } from '../src/session/look.ts';

function rowOf(session: string, lagMs: number, unsettledMs = lagMs): Row {
  const own = { session, state: 'open', fleet: 'f', device: 'd', ageMs: 1 };
  return { ...UNHEARD, ...own, lagMs, unsettledMs };
}

describe('The table of sessions', () => {
  it('shows the one with most unsettled audio first, in whole milliseconds', () => {
    const { total, sessions } = tableOf([rowOf('a', 1.5), rowOf('b', 9.9), rowOf('c', 3)]);
    expect([total, sessions.map(({ session, lagMs }) => [session, lagMs])]).toEqual([
      3,
      [
        ['b', 9],
        ['c', 3],
        ['a', 1],
      ],
    ]);
  });

  it('shows before them one that has audio and no stream to hear it', () => {
    const { sessions } = tableOf([rowOf('heard', 20), rowOf('queued', 0, 30_000)]);
    expect(sessions.map(({ session }) => session)).toEqual(['queued', 'heard']);
  });

  it('is bounded, of several workers too, and counts those that it does not show', () => {
    const many = Array.from({ length: ROWS_MAX + 5 }, (_, n) => rowOf(`${n}`, n));
    const one = tableOf(many);
    expect([one.total, one.sessions.length]).toEqual([ROWS_MAX + 5, ROWS_MAX]);
    const both = joined(new Map([0, 1].map((worker) => [worker, one])));
    expect([both.total, both.sessions.length]).toEqual([2 * ROWS_MAX + 10, ROWS_MAX]);
    expect(both.sessions.slice(0, 2).map(({ worker }) => worker)).toEqual([0, 1]);
  });
});

describe('sumsOf()', () => {
  it('adds up in seconds what is not rounded, and finds the most', () => {
    const rows = [rowOf('a', 62.5, 125), rowOf('b', 2_000, 3_000)];
    expect(sumsOf(rows)).toEqual({ unsettled: 3.125, lag: 2.0625, lagMax: 2 });
    expect(sumsOf([])).toEqual({ unsettled: 0, lag: 0, lagMax: 0 });
  });
});
