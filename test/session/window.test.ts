import { describe, expect, it } from 'vitest';
import { TapeBudget, Window } from '../../src/session/window.ts';

const RATE = 8_000;
const PER_MS = RATE / 1000;
const LIMITS = { windowMs: 5_000, tapeMsMax: 60_000, frameMsMax: 1_000 };
const PLENTY = 2 ** 30;
/** What a frame alone may add to a window: 1,000 ms, judged in whole milliseconds. */
const ALONE = 1_001 * PER_MS;

function newWindow(bytesMax = PLENTY, limits = LIMITS): { budget: TapeBudget; window: Window } {
  const budget = new TapeBudget(bytesMax);
  return { budget, window: new Window(budget, limits, RATE, 1) };
}

/** Offers a window and hands it over at once. */
function grant(window: Window, held = 0): number {
  const windowMs = window.offer(held);
  window.handed(windowMs, window.received);
  window.reserve(held);
  return windowMs;
}

describe('TapeBudget', () => {
  it('knows what is used and what is free', () => {
    const budget = new TapeBudget(1_000);
    budget.reserve(300);
    expect(budget).toMatchObject({ used: 300, free: 700 });
    budget.reserve(-300);
    budget.reserve(1_200);
    expect(budget).toMatchObject({ used: 1_200, free: 0, share: 0 });
  });

  it.each([
    [0, 1],
    [800, 1],
    [900, 0.5],
    [1_000, 0],
  ])('with %i of 1000 used gives new windows a share of %f', (used, share) => {
    const budget = new TapeBudget(1_000);
    budget.reserve(used);
    expect(budget.share).toBeCloseTo(share, 10);
  });

  it('gives no larger share than it is squeezed to', () => {
    const budget = new TapeBudget(1_000);
    budget.squeeze(0.25);
    expect(budget.share).toBe(0.25);
    budget.reserve(990);
    expect(budget.share).toBeCloseTo(0.05, 10);
    budget.squeeze(1);
    budget.reserve(-990);
    expect(budget.share).toBe(1);
  });

  it('takes more given back than was taken as the bug that it is', () => {
    expect(() => new TapeBudget(10).reserve(-1)).toThrow();
  });
});

describe('Window', () => {
  it('admits nothing before it was handed over', () => {
    const { window } = newWindow();
    expect(window.offer(0)).toBe(5_000);
    expect(window.admits(1)).toBe(false);
    window.handed(5_000, 0);
    expect(window.admits(5_000 * PER_MS)).toBe(true);
  });

  it('admits up to its edge and not a sample more', () => {
    const { window } = newWindow();
    grant(window);
    window.take(4_900 * PER_MS);
    expect(window.admits(100 * PER_MS)).toBe(true);
    expect(window.admits(100 * PER_MS + 1)).toBe(false);
  });

  it('admits one longer frame when nothing is outstanding, and no second', () => {
    const { window } = newWindow(PLENTY, { windowMs: 40, tapeMsMax: 60_000, frameMsMax: 20 });
    grant(window);
    expect(window.admits(1_000 * PER_MS)).toBe(true);
    window.take(10 * PER_MS);
    expect(window.admits(1_000 * PER_MS)).toBe(false);
    grant(window);
    expect(window.admits(1_000 * PER_MS)).toBe(true);
    window.take(1_000 * PER_MS);
    expect(window.admits(1)).toBe(false);
  });

  it('holds without exception at 0', () => {
    const { window } = newWindow(ALONE);
    expect(grant(window)).toBe(0);
    expect(window.admits(1)).toBe(false);
  });

  it('keeps its right edge when nothing is free any more', () => {
    const { budget, window } = newWindow(100_000);
    expect(grant(window)).toBe(5_000);
    budget.reserve(budget.free);
    window.take(1_000 * PER_MS);
    expect(grant(window, 1_000 * PER_MS)).toBe(4_000);
    window.take(4_000 * PER_MS);
    expect(grant(window, 5_000 * PER_MS)).toBe(0);
    expect(window.admits(1)).toBe(false);
  });

  it('says no right edge further left than before, at any rate and place', () => {
    const window = new Window(new TapeBudget(PLENTY), LIMITS, 44_100, 2);
    let edge = 0;
    for (let n = 1; n < 500; n++) {
      // Less and less room on the tape: the promise alone is left.
      const windowMs = grant(window, 2_600_000 + 137 * n);
      const nextEdge = window.received + (windowMs * 44_100) / 1000;
      expect(nextEdge).toBeGreaterThanOrEqual(edge);
      edge = nextEdge;
      window.take(137);
    }
  });

  it('does not creep forward by being repeated', () => {
    for (const rate of [8_001, 8_008, 11_025, 22_050, 44_100, 47_999]) {
      const budget = new TapeBudget(PLENTY);
      const window = new Window(budget, LIMITS, rate, 2);
      expect(grant(window)).toBe(5_000);
      budget.reserve(budget.free);
      window.take(Math.floor(rate / 7));
      const windowMs = grant(window);
      for (let n = 0; n < 100; n++) expect(grant(window)).toBe(windowMs);
    }
  });

  it('admits all that a device counts into it, at rates that are no whole kHz', () => {
    for (let rate = 8_000; rate <= 48_000; rate += 37) {
      const window = new Window(new TapeBudget(PLENTY), LIMITS, rate, 2);
      grant(window);
      const samples = Math.floor((5_000 * rate) / 1000);
      window.take(1);
      expect(window.admits(samples - 1)).toBe(true);
      expect(window.admits(samples)).toBe(false);
    }
  });

  it('shrinks as the tape fills, and closes while there is no room for a frame alone', () => {
    const { window } = newWindow();
    expect(window.offer(50_000 * PER_MS)).toBe(5_000);
    expect(window.offer(56_000 * PER_MS)).toBe(2_999);
    expect(window.offer(58_998 * PER_MS)).toBe(1);
    expect(window.offer(58_999 * PER_MS)).toBe(0);
    expect(window.offer(70_000 * PER_MS)).toBe(0);
  });

  it('books in the budget what is promised, from the offer on', () => {
    const { budget, window } = newWindow();
    window.offer(0);
    expect(budget.used).toBe(5_000 * PER_MS + ALONE);
    window.handed(5_000, 0);
    window.take(1_000 * PER_MS);
    window.reserve(1_000 * PER_MS);
    expect(budget.used).toBe(5_000 * PER_MS + ALONE);
    window.reserve(0);
    expect(budget.used).toBe(4_000 * PER_MS + ALONE);
    window.release();
    expect(budget.used).toBe(0);
    window.release();
    expect(budget.used).toBe(0);
  });

  it('lets no frame alone by an offer that was handed over later than frames came', () => {
    const { window } = newWindow(PLENTY, { windowMs: 40, tapeMsMax: 60_000, frameMsMax: 20 });
    grant(window);
    const received = window.received;
    const windowMs = window.offer(0);
    window.take(10 * PER_MS);
    window.handed(windowMs, received);
    expect(window.admits(30 * PER_MS)).toBe(true);
    expect(window.admits(31 * PER_MS)).toBe(false);
  });

  it('grants shorter windows once more than 80 % of the budget is in use', () => {
    const { budget, window } = newWindow(1_000_000 * PER_MS);
    budget.reserve(900_000 * PER_MS);
    expect(window.offer(0)).toBe(2_500);
  });

  it('renews its window out of what it has reserved itself', () => {
    const { window } = newWindow(10_000 * PER_MS);
    expect(grant(window)).toBe(5_000);
    window.take(1_000 * PER_MS);
    expect(grant(window)).toBe(5_000);
  });

  it('leaves others what it does not use', () => {
    const budget = new TapeBudget(12_000 * PER_MS);
    const first = new Window(budget, LIMITS, RATE, 1);
    const second = new Window(budget, LIMITS, RATE, 1);
    expect(grant(first)).toBe(5_000);
    expect(grant(second)).toBeGreaterThan(3_000);
    first.release();
    expect(grant(second)).toBe(5_000);
  });

  it('reserves no more for a frame alone than a frame can have bytes', () => {
    const budget = new TapeBudget(PLENTY);
    const window = new Window(budget, LIMITS, 48_000, 2);
    window.offer(0);
    expect(budget.used).toBe(5_000 * 48 * 2 + 65_536);
  });
});
