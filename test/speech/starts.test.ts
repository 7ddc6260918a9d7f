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

  it('are held to so many a minute, retries included', async () => {
    const rig = new Rig(60);
    expect(rig.taken(false, 100)).toBe(60);
    expect(rig.taken(true, 100)).toBe(0);
    await rig.clock.advance(5_000);
    expect(rig.taken(false, 100)).toBe(5);
    await rig.clock.advance(1_000);
    expect(rig.taken(true, 1)).toBe(1);
  });

  it('are saved for a minute at most', async () => {
    const rig = new Rig(60);
    await rig.clock.advance(3_600_000);
    expect(rig.taken(false, 100)).toBe(60);
  });

  it('say how many are left, and how long until there are more', async () => {
    const rig = new Rig(60);
    expect([rig.starts.left, rig.starts.waitMs(60), rig.starts.waitMs(61)]).toEqual([60, 0, 1_000]);
    rig.taken(false, 60);
    await rig.clock.advance(400);
    expect([rig.starts.left, rig.starts.waitMs(1)]).toEqual([0, 600]);
    expect(rig.starts.waitMs(10)).toBeCloseTo(9_600);
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
    await rig.clock.advance(30_000);
    rig.starts.take();
    expect(spent).toBe(2);
  });
});
