import { describe, expect, it } from 'vitest';
import { WatchedOverlaps, WatchedSlots } from '../../src/fleet/watched.ts';
import { Asker } from '../fakes/asker.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** How often a change was told while `run` ran. */
function counter() {
  let changes = 0;
  const onChange = (): void => {
    changes += 1;
  };
  const during = async (clock: FakeClock, run: () => void, ms = 0): Promise<number> => {
    const before = changes;
    run();
    await clock.advance(ms);
    return changes - before;
  };
  return { onChange, during };
}

describe('WatchedSlots', () => {
  it('tells of every ask, grant, release, cancel and expiry, and changes none of it', async () => {
    const clock = new FakeClock();
    const { onChange, during } = counter();
    const limits = { slotsMax: 1, queueMax: 10, waitMsMax: 30_000 };
    const slots = new WatchedSlots([limits, clock], onChange);
    const askers: Asker[] = [];
    const ask = (): void => {
      askers.push(new Asker(slots, clock));
    };
    expect(await during(clock, ask)).toBe(2);
    expect(askers[0]?.ends).toMatchObject([{ how: 'granted' }]);
    expect(await during(clock, ask)).toBe(1);
    expect(await during(clock, () => askers[0]?.slot?.release())).toBe(2);
    expect(await during(clock, ask)).toBe(1);
    const { answer } = askers[2] ?? {};
    expect(
      await during(clock, () => answer !== undefined && 'cancel' in answer && answer.cancel()),
    ).toBe(1);
    expect(slots.depth).toBe(0);
    expect(await during(clock, ask)).toBe(1);
    expect(await during(clock, () => undefined, 30_000)).toBe(1);
    expect(askers[3]?.ends).toMatchObject([{ how: 'expired' }]);
  });
});

describe('WatchedOverlaps', () => {
  it('tells of every take and release, and that one was wanted in vain until there is one', async () => {
    const clock = new FakeClock();
    const { onChange, during } = counter();
    const overlaps = new WatchedOverlaps(onChange);
    expect(await during(clock, () => overlaps.take())).toBe(1);
    expect(overlaps.wanted).toBe(1);
    overlaps.setLimit(1);
    expect(overlaps.wanted).toBe(0);
    const slot = overlaps.take();
    expect(slot).toBeDefined();
    expect(overlaps.wanted).toBe(0);
    expect(overlaps.take()).toBeUndefined();
    expect(overlaps.wanted).toBe(1);
    expect(await during(clock, () => slot?.release())).toBe(1);
    expect([overlaps.wanted, overlaps.used]).toEqual([0, 0]);
  });
});
