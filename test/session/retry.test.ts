import { describe, expect, it } from 'vitest';
import { Retry } from '../../src/session/retry.ts';

describe('Retry', () => {
  it('waits twice as long each time, spread by half around it, until it is enough', () => {
    const retry = new Retry(3);
    expect(retry.failed(0, 0.5)).toBe(100);
    expect(retry.failed(0, 0)).toBe(100);
    expect(retry.failed(0, 1)).toBe(600);
    expect(retry.failed(0, 0.5)).toBe(undefined);
  });

  it('starts anew when anything was settled in between', () => {
    const retry = new Retry(2);
    for (let settled = 1; settled < 100; settled++) expect(retry.failed(settled, 0.5)).toBe(100);
    expect(retry.failed(99, 0.5)).toBe(200);
    expect(retry.failed(99, 0.5)).toBe(undefined);
  });

  it('allows none when none is set', () => {
    expect(new Retry(0).failed(0, 0)).toBe(undefined);
    expect(new Retry(0).failed(5, 0)).toBe(undefined);
  });

  it('never waits longer than 15 s, however many may fail', () => {
    const retry = new Retry(100);
    const waits = Array.from({ length: 100 }, () => retry.failed(0, 1) ?? Number.NaN);
    expect(Math.max(...waits)).toBe(15_000);
  });
});

describe('Retry by the kind of a fault', () => {
  it('replaces a stream that has lasted its time at once and for free, but not twice without progress', () => {
    const retry = new Retry(1);
    const free = { what: 'again', waitMs: 0, isCharged: false };
    expect(retry.after('routine', 0, 0.5, 0)).toEqual(free);
    expect(retry.after('routine', 0, 0.5, 0)).toEqual({
      what: 'again',
      waitMs: 100,
      isCharged: true,
    });
    expect(retry.after('routine', 0, 0.5, 0)).toEqual({ what: 'give up' });
    expect(retry.after('routine', 1, 0.5, 0)).toEqual(free);
  });

  it('queues again after a refusal for the quota, ever later, until that has lasted too long', () => {
    const retry = new Retry(1, 30_000);
    const waits = [0, 100, 300, 700].map((nowMs) => retry.after('quota', 0, 0.5, nowMs));
    expect(waits.map((next) => 'waitMs' in next && next.waitMs)).toEqual([100, 200, 400, 800]);
    expect(waits[0]).toMatchObject({ what: 'queue', isCharged: false });
    expect(retry.after('quota', 0, 0.5, 29_999)).toMatchObject({ what: 'queue' });
    expect(retry.after('quota', 0, 0.5, 30_000)).toEqual({ what: 'refuse' });
    expect(retry.after('quota', 1, 0.5, 40_000)).toMatchObject({ what: 'queue', waitMs: 100 });
  });

  it.each(['config', 'unavailable'] as const)('gives up at once on %s', (kind) => {
    expect(new Retry(5).after(kind, 0, 0.5, 0)).toEqual({ what: 'give up' });
  });

  it('counts what is transient, and starts anew with progress', () => {
    const retry = new Retry(1);
    const again = { what: 'again', waitMs: 100, isCharged: true };
    expect(retry.after('transient', 0, 0.5, 0)).toEqual(again);
    expect(retry.after('transient', 5, 0.5, 0)).toEqual(again);
    expect(retry.after('transient', 5, 0.5, 0)).toEqual({ what: 'give up' });
  });
});
