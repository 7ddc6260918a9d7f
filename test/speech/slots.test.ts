import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Timer } from '../../src/clock.ts';
import { Slots } from '../../src/speech/slots.ts';
import { Asker } from '../fakes/asker.ts';
import { FakeClock, settle } from '../fakes/fake-clock.ts';

const LIMITS = { slotsMax: 1, queueMax: 100, waitMsMax: 30_000 };

/** Its timers are early, as the system's are now and then. */
class EarlyClock extends FakeClock {
  override after(delayMs: number, run: () => void): Timer {
    return super.after(Math.max(0, delayMs - 1), run);
  }
}

class Rig {
  readonly clock: FakeClock;
  readonly waitsMs: number[] = [];
  readonly slots: Slots;

  constructor(limits: Partial<typeof LIMITS> = {}, clock = new FakeClock()) {
    this.clock = clock;
    const events = { onWaited: (waitMs: number) => this.waitsMs.push(waitMs) };
    this.slots = new Slots({ ...LIMITS, ...limits }, this.clock, events);
  }

  ask(fleet = 'a', priority = 0, holdMs?: number): Asker {
    return new Asker(this.slots, this.clock, fleet, priority, holdMs);
  }

  async granted(fleet = 'a', priority = 0): Promise<Asker> {
    const asker = this.ask(fleet, priority);
    await settle();
    expect(asker.state).toBe('granted');
    return asker;
  }
}

describe('Slots', () => {
  it('grants a free slot after ask() and tells no place', async () => {
    const rig = new Rig();
    const asker = rig.ask();
    expect([asker.state, rig.slots.used, rig.slots.depth]).toEqual(['open', 1, 0]);
    await settle();
    expect([asker.state, asker.places, rig.waitsMs]).toEqual(['granted', [], [0]]);
    expect(rig.clock.pending).toBe(0);
  });

  it('lets the next one wait until the slot comes back, and tells how long it did', async () => {
    const rig = new Rig();
    const first = await rig.granted();
    const second = rig.ask();
    await rig.clock.advance(700);
    expect([second.state, second.places]).toEqual([
      'open',
      [{ position: 1, etaMs: null, atMs: 0 }],
    ]);
    first.slot?.release();
    await settle();
    expect([second.state, rig.waitsMs, rig.slots.used]).toEqual(['granted', [0, 700], 1]);
    expect(rig.clock.pending).toBe(0);
  });

  it('tells no place to those for whom a slot has just come back', async () => {
    const rig = new Rig({ slotsMax: 2, queueMax: 1 });
    const held = [await rig.granted(), await rig.granted()];
    for (const { slot } of held) slot?.release();
    const askers = [rig.ask(), rig.ask(), rig.ask()];
    await settle();
    expect(askers.map(({ state }) => state)).toEqual(['granted', 'granted', 'open']);
    expect(askers.map(({ places }) => places.length)).toEqual([0, 0, 1]);
  });

  it('serves a higher priority first, and fleets in turns', async () => {
    const rig = new Rig({ slotsMax: 0 });
    const askers = ['a', 'a', 'a', 'b', 'b'].map((fleet) => rig.ask(fleet));
    askers.push(rig.ask('a', 1));
    await settle();
    expect(askers.map(({ position }) => position)).toEqual([1, 2, 3, 2, 4, 1]);
    await rig.clock.advance(2000);
    expect(askers.map(({ position }) => position)).toEqual([3, 5, 6, 2, 4, 1]);
  });

  it('counts for a fleet the slots it holds, not those it has given back', async () => {
    const rig = new Rig({ slotsMax: 2 });
    for (let n = 0; n < 3; n += 1) (await rig.granted('a')).slot?.release();
    const held = [await rig.granted('a'), await rig.granted('b')];
    const [ofB, ofA] = [rig.ask('b'), rig.ask('a')];
    held[0]?.slot?.release();
    await settle();
    expect([ofA.state, ofB.state]).toEqual(['granted', 'open']);
  });

  it('refuses a second release of one slot', async () => {
    const { slot } = await new Rig().granted();
    slot?.release();
    expect(() => slot?.release()).toThrow("an ask or slot is over, and can't be over");
  });
});

describe('Slots.ask() when no more may wait', () => {
  it('refuses, and names a moment to come again', async () => {
    const rig = new Rig({ queueMax: 2 });
    await rig.granted();
    const [, , third] = [rig.ask(), rig.ask(), rig.ask()];
    expect(third?.answer).toEqual({ retryAfterMs: 30_000 });
    expect(rig.slots.depth).toBe(2);
  });

  it('grants a free slot even if nobody may wait', async () => {
    const rig = new Rig({ queueMax: 0 });
    await rig.granted();
    expect(rig.ask().state).toBe('refused');
  });

  it('gives a place of the longest line to a shorter one, and none to a longer', async () => {
    const rig = new Rig({ queueMax: 3 });
    await rig.granted();
    const rush = [rig.ask('a'), rig.ask('a'), rig.ask('a')];
    const one = rig.ask('b');
    const two = rig.ask('b');
    await settle();
    expect(rush.map(({ state }) => state)).toEqual(['open', 'open', 'expired']);
    expect(rush[2]?.retryAfterMs).toBe(30_000);
    expect([one.state, two.state, rig.slots.depth]).toEqual(['open', 'refused', 3]);
  });

  it('gives a place of the lowest priority to a higher one', async () => {
    const rig = new Rig({ queueMax: 2 });
    await rig.granted();
    const newcomers = [rig.ask(), rig.ask()];
    const returning = rig.ask('a', 1);
    await settle();
    expect(newcomers.map(({ state }) => state)).toEqual(['open', 'expired']);
    expect(returning.position).toBe(1);
  });
});

describe('Ask.cancel()', () => {
  it('leaves the queue, and leaves no timer when nobody waits', async () => {
    const rig = new Rig();
    const first = await rig.granted();
    const [second, third] = [rig.ask(), rig.ask()];
    second.cancel();
    second.cancel();
    expect([rig.slots.depth, rig.clock.pending]).toEqual([1, 2]);
    first.slot?.release();
    await settle();
    expect([second.state, second.places, third.state]).toEqual(['open', [], 'granted']);
    expect(rig.clock.pending).toBe(0);
  });

  it('gives back a slot that was granted but not yet told', async () => {
    const rig = new Rig();
    const [first, second] = [rig.ask(), rig.ask()];
    first.cancel();
    expect(rig.slots.used).toBe(0);
    await settle();
    expect([first.state, second.state, rig.slots.used]).toEqual(['open', 'granted', 1]);
  });

  it('has no effect after the grant', async () => {
    const rig = new Rig();
    const first = await rig.granted();
    first.cancel();
    expect(rig.slots.used).toBe(1);
    first.slot?.release();
    expect(rig.slots.used).toBe(0);
  });

  it('silences an expiry that was not yet told', async () => {
    const rig = new Rig();
    await rig.granted();
    const second = rig.ask();
    rig.slots.close();
    second.cancel();
    await settle();
    expect(second.ends).toEqual([]);
  });

  it('leaves nothing behind that could not be collected', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const rig = new Rig();
    await rig.granted();
    const gone = Array.from({ length: 100 }, () => {
      const asker = rig.ask();
      asker.cancel();
      return new WeakRef(asker);
    });
    await settle();
    collect();
    await settle();
    expect(gone.filter((asker) => asker.deref() !== undefined).length).toBeLessThan(2);
  });
});

describe('Slots wait limit', () => {
  it('ends each ask that long after its own entry, whatever its fleet and priority', async () => {
    const rig = new Rig();
    await rig.granted();
    const askers = [rig.ask('a')];
    await rig.clock.advance(10_000);
    askers.push(rig.ask('b', 1));
    await rig.clock.advance(19_999);
    expect(askers.map(({ state }) => state)).toEqual(['open', 'open']);
    await rig.clock.advance(10_001);
    expect(askers.map(({ ends }) => ends)).toEqual([
      [{ how: 'expired', atMs: 30_000 }],
      [{ how: 'expired', atMs: 40_000 }],
    ]);
    expect(askers[0]?.retryAfterMs).toBe(30_000);
    expect([rig.slots.depth, rig.clock.pending]).toEqual([0, 0]);
  });
});

describe('Slots places', () => {
  it('are told on entry and then at most every 2,000 ms, and only when changed', async () => {
    const rig = new Rig();
    await rig.granted();
    const askers = [rig.ask()];
    await rig.clock.advance(1_000);
    askers.push(rig.ask());
    await rig.clock.advance(500);
    askers[0]?.cancel();
    await rig.clock.advance(500);
    expect(askers[1]?.places).toEqual([{ position: 2, etaMs: null, atMs: 1_000 }]);
    await rig.clock.advance(20_000);
    expect(askers[1]?.places.slice(1)).toEqual([{ position: 1, etaMs: null, atMs: 4_000 }]);
  });

  it('are told in time by a timer that is a millisecond early', async () => {
    const rig = new Rig({}, new EarlyClock());
    await rig.granted();
    const askers = [rig.ask(), rig.ask()];
    await rig.clock.advance(1_000);
    askers[0]?.cancel();
    await rig.clock.advance(1_000);
    expect(askers[1]?.places.slice(1)).toEqual([{ position: 1, etaMs: null, atMs: 1_999 }]);
  });

  it('carry a time to wait once ten holds have ended', async () => {
    const rig = new Rig({ slotsMax: 10 });
    const askers = Array.from({ length: 30 }, () => rig.ask('a', 0, 10_000));
    await rig.clock.advance(12_000);
    expect(askers[29]?.places[0]).toEqual({ position: 20, etaMs: null, atMs: 0 });
    const last = askers[29]?.places.at(-1);
    expect([last?.position, last?.atMs]).toEqual([10, 12_000]);
    expect(last?.etaMs).toBeGreaterThan(7_000);
    expect(last?.etaMs).toBeLessThan(9_000);
  });
});

describe('Slots.setLimit()', () => {
  it('grants at once what a higher limit allows, and takes no slot away for a lower one', async () => {
    const rig = new Rig();
    const askers = [await rig.granted(), rig.ask(), rig.ask(), rig.ask()];
    rig.slots.setLimit(3);
    await settle();
    expect(askers.map(({ state }) => state)).toEqual(['granted', 'granted', 'granted', 'open']);
    rig.slots.setLimit(1);
    expect([rig.slots.used, rig.slots.limit]).toEqual([3, 1]);
    askers[0]?.slot?.release();
    askers[1]?.slot?.release();
    await settle();
    expect([rig.slots.used, askers[3]?.state]).toEqual([1, 'open']);
    askers[2]?.slot?.release();
    await settle();
    expect(askers[3]?.state).toBe('granted');
  });

  it('grants nothing at 0, and goes on above it', async () => {
    const rig = new Rig({ slotsMax: 0 });
    const asker = rig.ask();
    await settle();
    expect([asker.state, asker.position]).toEqual(['open', 1]);
    rig.slots.setLimit(1);
    rig.slots.setLimit(0);
    await settle();
    expect([asker.state, rig.slots.used]).toEqual(['granted', 1]);
    expect(() => rig.slots.setLimit(-1)).toThrow('slotsMax is -1');
  });
});

describe('Slots.close()', () => {
  it('ends every ask that waits, refuses later ones and leaves held slots alone', async () => {
    const rig = new Rig();
    const first = await rig.granted();
    const second = rig.ask();
    rig.slots.close();
    await settle();
    expect([second.state, second.retryAfterMs]).toEqual(['expired', 1_000]);
    expect(rig.ask().answer).toEqual({ retryAfterMs: 1_000 });
    first.slot?.release();
    expect([rig.slots.used, rig.slots.depth, rig.clock.pending]).toEqual([0, 0, 0]);
  });
});
