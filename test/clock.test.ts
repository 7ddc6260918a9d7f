import { describe, expect, it } from 'vitest';
import { systemClock, wallMsOf } from '../src/clock.ts';

describe('systemClock', () => {
  it('never goes back', () => {
    let lastMs = systemClock.nowMs();
    for (let n = 0; n < 1_000; n++) {
      const nowMs = systemClock.nowMs();
      expect(nowMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = nowMs;
    }
  });

  it('counts whole milliseconds', () => {
    for (let n = 0; n < 1_000; n++) expect(systemClock.nowMs() % 1).toBe(0);
  });

  it('knows the date', () => {
    expect(systemClock.wallMs()).toBeGreaterThan(Date.UTC(2025, 0, 1));
  });

  it('runs what waits, once, and never before the call has returned', async () => {
    let runs = 0;
    await new Promise<void>((resolve) => {
      systemClock.after(0, () => {
        runs += 1;
        systemClock.after(2, resolve);
      });
      expect(runs).toBe(0);
    });
    expect(runs).toBe(1);
  });

  it('runs nothing that was given up, whenever that is', async () => {
    let runs = 0;
    const given = systemClock.after(1, () => {
      runs += 1;
    });
    given.cancel();
    given.cancel();
    const fired = await new Promise<ReturnType<typeof systemClock.after>>((resolve) => {
      const timer = systemClock.after(3, () => resolve(timer));
    });
    fired.cancel();
    expect(runs).toBe(0);
  });
});

describe('wallMsOf()', () => {
  it('reads a moment as certificates have it', () => {
    expect(wallMsOf('Jan  1 00:00:01 1970 GMT')).toBe(1_000);
  });
});
