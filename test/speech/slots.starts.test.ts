import { describe, expect, it } from 'vitest';
import { Slots } from '../../src/speech/slots.ts';
import { Starts } from '../../src/speech/starts.ts';
import { Asker } from '../fakes/asker.ts';
import { FakeClock, settle } from '../fakes/fake-clock.ts';

const LIMITS = { queueMax: 100, waitMsMax: 90_000 };

describe('Slots when starts are few', () => {
  function newSlots(limits: { slotsMax: number; queueMax?: number }, startsPerMinuteMax: number) {
    const clock = new FakeClock();
    const starts = new Starts(clock, startsPerMinuteMax);
    const slots = new Slots({ ...LIMITS, ...limits }, clock, undefined, starts);
    return { clock, starts, slots };
  }

  it('are held by nobody who may not start, and tell a place and when its start comes', async () => {
    const { clock, slots } = newSlots({ slotsMax: 10 }, 6);
    const askers = Array.from({ length: 8 }, () => new Asker(slots, clock));
    await settle();
    expect([slots.used, slots.depth]).toEqual([6, 2]);
    expect(askers.slice(6).map(({ places }) => places)).toEqual([
      [{ position: 1, etaMs: 60_500, atMs: 0 }],
      [{ position: 2, etaMs: 60_500, atMs: 0 }],
    ]);
    await clock.advance(61_000);
    expect(askers.slice(6).map(({ waitMs }) => waitMs)).toEqual([60_500, 60_500]);
    expect([slots.used, slots.depth, clock.pending]).toEqual([8, 0, 0]);
  });

  it('let no more wait than may, however many slots are free', () => {
    const { clock, slots } = newSlots({ slotsMax: 10, queueMax: 2 }, 1);
    const askers = Array.from({ length: 5 }, () => new Asker(slots, clock));
    expect(askers.map(({ state }) => state)).toEqual([
      ...['open', 'open', 'open', 'refused', 'refused'],
    ]);
  });

  it('leave no timer when nobody waits for a start any more', () => {
    const { clock, slots } = newSlots({ slotsMax: 10 }, 1);
    const askers = Array.from({ length: 3 }, () => new Asker(slots, clock));
    for (const asker of askers) asker.cancel();
    expect([slots.used, clock.pending]).toEqual([0, 0]);
  });
});
