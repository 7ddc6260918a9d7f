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
