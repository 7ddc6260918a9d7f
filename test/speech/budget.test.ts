import { describe, expect, it } from 'vitest';
import { StartBudget } from '../../src/speech/budget.ts';

/** How many of `asked` are granted at `nowMs`. */
function taken(budget: StartBudget, isRetry: boolean, asked: number, nowMs: number): number {
  return Array.from({ length: asked }, () => budget.take(isRetry, nowMs)).filter(Boolean).length;
}

describe('StartBudget', () => {
  it('allows ten retries a minute without any starts', () => {
    const budget = new StartBudget(undefined);
    expect(taken(budget, true, 5, 0)).toBe(5);
    let granted = 5;
    for (let ms = 0; ms < 600_000; ms += 100) granted += taken(budget, true, 1, ms);
    expect(granted).toBeGreaterThanOrEqual(10 + 99);
    expect(granted).toBeLessThanOrEqual(1.12 * 110);
  });

  it('allows a tenth of all starts besides', () => {
    const budget = new StartBudget(undefined);
    expect(taken(budget, false, 1_000, 0)).toBe(1_000);
    expect(taken(budget, true, 1_000, 0)).toBeGreaterThanOrEqual(109);
    expect(taken(budget, true, 1_000, 0)).toBe(0);
  });

  it('holds starts to so many a minute, retries included', () => {
    const budget = new StartBudget(60);
    expect(taken(budget, false, 100, 0)).toBe(60);
    expect(taken(budget, true, 100, 0)).toBe(0);
    expect(taken(budget, false, 100, 5_000)).toBe(5);
    expect(taken(budget, true, 1, 6_000)).toBe(1);
  });

  it('saves a minute of starts at most', () => {
    const budget = new StartBudget(60);
    expect(taken(budget, false, 100, 3_600_000)).toBe(60);
  });
});
