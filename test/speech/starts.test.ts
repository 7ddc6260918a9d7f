import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Starts } from '../../src/speech/starts.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

class Rig {
  readonly clock = new FakeClock();
  readonly starts: Starts;

  constructor(perMinuteMax?: number) {
    this.starts = new Starts(this.clock, perMinuteMax);
  }

  /** How many of `asked` are granted now. */
  taken(isRetry: boolean, asked: number): number {
    return Array.from({ length: asked }, () => this.starts.take(isRetry)).filter(Boolean).length;
  }
}

describe('Starts', () => {
  it('allow ten retries a minute without any starts', async () => {
    const rig = new Rig();
    let granted = rig.taken(true, 5);
    expect(granted).toBe(5);
    for (let ms = 0; ms < 600_000; ms += 1_000) {
      granted += rig.taken(true, 10);
      await rig.clock.advance(1_000);
    }
    expect(granted).toBeGreaterThanOrEqual(10 + 99);
    expect(granted).toBeLessThanOrEqual(1.12 * 110);
  });

  it('allow retries for a tenth of all starts besides', () => {
    const rig = new Rig();
    expect(rig.taken(false, 1_000)).toBe(1_000);
    expect(rig.taken(true, 1_000)).toBeGreaterThanOrEqual(109);
    expect(rig.taken(true, 1_000)).toBe(0);
  });

  it('allow two more retries for each that was answered: a recognizer that is back is soon back for all', () => {
    const rig = new Rig();
    rig.taken(true, 1_000);
    const granted: number[] = [];
    for (let last = 1; last < 500; last = granted.at(-1) ?? Number.POSITIVE_INFINITY) {
      for (let n = 0; n < last; n += 1) rig.starts.answered();
      granted.push(rig.taken(true, 1_000));
    }
    expect(granted.length).toBeLessThanOrEqual(10);
    expect(rig.taken(true, 1_000)).toBeLessThan(100);
  });

  it('are held to so many a minute, retries included', async () => {
    const rig = new Rig(60);
    expect(rig.taken(false, 40)).toBe(40);
    await rig.clock.advance(5_000);
    expect([rig.taken(true, 5), rig.taken(false, 100)]).toEqual([5, 15]);
    await rig.clock.advance(55_499);
    expect(rig.taken(false, 100)).toBe(0);
    await rig.clock.advance(1);
    expect(rig.taken(false, 100)).toBe(40);
    await rig.clock.advance(5_000);
    expect(rig.taken(false, 100)).toBe(20);
  });

  it('are never more in any minute, at most that many, and all that may be are had', () => {
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(20_000), { minLength: 1, maxLength: 100 }),
        async (max, gaps) => {
          const rig = new Rig(max);
          const taken: number[] = [];
          for (const gapMs of gaps) {
            await rig.clock.advance(gapMs);
            const nowMs = rig.clock.nowMs();
            const last = taken.filter((ms) => ms > nowMs - 60_500).length;
            expect(rig.starts.left).toBe(max - last);
            expect(rig.starts.waitMs(1) === 0).toBe(last < max);
            expect(rig.starts.take()).toBe(last < max);
            if (last < max) taken.push(nowMs);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('say how many are left, and how long until there are more', async () => {
    const rig = new Rig(60);
    expect([rig.starts.left, rig.starts.waitMs(60)]).toEqual([60, 0]);
    expect([61, 121].map((count) => rig.starts.waitMs(count))).toEqual([60_500, 121_000]);
    rig.taken(false, 50);
    await rig.clock.advance(10_000);
    rig.taken(false, 9);
    const waitsMs = [1, 2, 51, 52].map((count) => rig.starts.waitMs(count));
    expect([rig.starts.left, waitsMs]).toEqual([1, [0, 50_500, 50_500, 60_500]]);
    const any = new Rig();
    expect([any.starts.left, any.starts.waitMs(1e9)]).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it('tell whoever watches each time that the last one is taken', async () => {
    const rig = new Rig(2);
    let spent = 0;
    rig.starts.watch(() => {
      spent += 1;
    });
    rig.starts.take();
    expect(spent).toBe(0);
    rig.taken(false, 3);
    expect(spent).toBe(1);
    await rig.clock.advance(60_500);
    rig.taken(false, 2);
    expect(spent).toBe(2);
  });

  it('asks somebody else, where it is given one who knows, and spends none on a retry that may not be', () => {
    let left = 11;
    const source = {
      left: () => left,
      waitMs: (count: number) => (count > left ? 70 : 0),
      take: () => {
        left -= 1;
      },
    };
    const starts = new Starts(new FakeClock(), source);
    for (let n = 0; n < 10; n += 1) expect(starts.take(true)).toBe(true);
    expect([starts.take(true), starts.left, starts.waitMs(2)]).toEqual([false, 1, 70]);
    expect([starts.take(), starts.take()]).toEqual([true, false]);
  });
});
