import { describe, expect, it } from 'vitest';
import type { Usage } from '../../src/fleet/messages.ts';
import { Share } from '../../src/fleet/share.ts';
import { WatchedOverlaps, WatchedSlots } from '../../src/fleet/watched.ts';
import { Starts } from '../../src/speech/starts.ts';
import { Asker } from '../fakes/asker.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

function newWorker() {
  const clock = new FakeClock();
  const told: Usage[] = [];
  const share = new Share(clock, (usage) => {
    told.push(usage);
    return Promise.resolve();
  });
  const starts = new Starts(clock, share);
  const onChange = (): void => share.changed();
  const limits = { slotsMax: 0, queueMax: 10, waitMsMax: 30_000 };
  const slots = new WatchedSlots([limits, clock, undefined, starts], onChange);
  const overlaps = new WatchedOverlaps(onChange, starts);
  return { clock, told, share, starts, slots, overlaps };
}

describe('Share', () => {
  it('holds slots and overlaps to the last lease, and confirms each at once', async () => {
    const { clock, told, share, slots, overlaps } = newWorker();
    share.follow({ seq: 1, slots: 4, overlaps: 1, starts: null });
    await clock.advance(0);
    share.attach(slots, overlaps);
    await clock.advance(0);
    expect([slots.limit, overlaps.limit]).toEqual([4, 1]);
    share.follow({ seq: 2, slots: 2, overlaps: 0, starts: null });
    expect([slots.limit, overlaps.limit]).toEqual([2, 0]);
    expect(told.map(({ seq }) => seq)).toEqual([1, 1, 2]);
  });

  it('has one message on its way at a time, and then tells the newest', async () => {
    const clock = new FakeClock();
    const told: Usage[] = [];
    const outs: (() => void)[] = [];
    const share = new Share(clock, (usage) => {
      told.push(usage);
      return new Promise((resolve) => outs.push(resolve));
    });
    for (let seq = 1; seq < 100; seq += 1) {
      share.follow({ seq, slots: 0, overlaps: 0, starts: null });
      share.refused();
      await clock.advance(10);
    }
    expect(told.map(({ seq }) => seq)).toEqual([1]);
    outs[0]?.();
    await clock.advance(0);
    expect(told.at(-1)).toMatchObject({ seq: 99, quota: { served: 0, refused: 99 } });
    outs[1]?.();
    await clock.advance(1_000);
    expect([told.length, clock.pending]).toEqual([2, 0]);
  });

  it('tells what is used and what more could be, a few milliseconds after it changed', async () => {
    const { clock, told, share, slots, overlaps } = newWorker();
    share.attach(slots, overlaps);
    share.follow({ seq: 1, slots: 2, overlaps: 0, starts: null });
    await clock.advance(0);
    told.splice(0);
    const askers = Array.from({ length: 5 }, () => new Asker(slots, clock));
    expect(overlaps.take()).toBeUndefined();
    await clock.advance(5);
    expect(told).toMatchObject([
      { slots: { used: 2, waiting: 3 }, overlaps: { used: 0, waiting: 1 } },
    ]);
    askers[0]?.slot?.release();
    await clock.advance(5);
    expect(told.at(-1)).toMatchObject({ slots: { used: 2, waiting: 2 } });
    told.splice(0);
    share.follow({ seq: 2, slots: 2, overlaps: 1, starts: null });
    expect(told.at(-1)).toMatchObject({ seq: 2, overlaps: { used: 0, waiting: 0 } });
  });

  it('lets so many streams start as it was leased, and says that more are wanted once they are', async () => {
    const { clock, told, share, starts, slots, overlaps } = newWorker();
    share.attach(slots, overlaps);
    share.follow({ seq: 1, slots: 0, overlaps: 1, starts: 1 });
    expect([starts.left, starts.waitMs(1)]).toEqual([1, 0]);
    expect(starts.take()).toBe(true);
    await clock.advance(5);
    expect([starts.stock, starts.waitMs(1)]).toEqual([0, null]);
    await clock.advance(5);
    expect(told.at(-1)).toMatchObject({ starts: { spent: 1, waiting: 0 } });
    expect(overlaps.take()).toBeUndefined();
    await clock.advance(5);
    expect(told.at(-1)).toMatchObject({ starts: { spent: 1, waiting: 1 } });
    share.follow({ seq: 2, slots: 0, overlaps: 1, starts: 3 });
    expect(told.at(-1)).toMatchObject({ starts: { spent: 1, waiting: 0 } });
    expect(starts.left).toBe(2);
  });

  it('tells what the quota said once', async () => {
    const { clock, told, share } = newWorker();
    share.served();
    share.served();
    share.refused();
    await clock.advance(10);
    share.changed();
    await clock.advance(10);
    expect(told.map(({ quota }) => quota)).toEqual([
      { served: 2, refused: 1 },
      { served: 0, refused: 0 },
    ]);
  });

  it('lets who waits for a start pass as soon as a lease brings one', async () => {
    const { clock, told, share, slots, overlaps } = newWorker();
    share.attach(slots, overlaps);
    share.follow({ seq: 1, slots: 2, overlaps: 0, starts: 0 });
    const askers = [new Asker(slots, clock), new Asker(slots, clock)];
    await clock.advance(50);
    expect(told.at(-1)).toMatchObject({ slots: { used: 0, waiting: 2 }, starts: { waiting: 2 } });
    expect(askers.map(({ places }) => places.at(-1)?.etaMs)).toEqual([null, null]);
    share.follow({ seq: 2, slots: 2, overlaps: 0, starts: 1 });
    await clock.advance(0);
    expect(askers.map(({ state }) => state)).toEqual(['granted', 'open']);
    await clock.advance(5);
    expect(told.at(-1)).toMatchObject({ slots: { used: 1, waiting: 1 }, starts: { spent: 1 } });
    // Nobody here knows when there will be another one: who leaves in vain is not to come back at once.
    await clock.advance(30_000);
    expect(askers[1]).toMatchObject({ state: 'expired', retryAfterMs: 30_000 });
  });
});
