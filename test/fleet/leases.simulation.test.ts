import { describe, expect, it } from 'vitest';
import type { LeaseLimits } from '../../src/fleet/leases.ts';
import { Leases } from '../../src/fleet/leases.ts';
import { Share } from '../../src/fleet/share.ts';
import { WatchedOverlaps, WatchedSlots } from '../../src/fleet/watched.ts';
import { Starts } from '../../src/speech/starts.ts';
import { Asker } from '../fakes/asker.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** How long a message is on its way. */
const WAY_MS = 0.2;
const WAIT_MS_MAX = 3_600_000;

interface Worker {
  readonly share: Share;
  readonly starts: Starts;
  readonly slots: WatchedSlots;
  readonly overlaps: WatchedOverlaps;
}

/** Workers as they are, a supervisor's leases, and messages that take their time. */
class World {
  readonly clock = new FakeClock();
  readonly leases: Leases<Worker>;
  readonly workers: Worker[];
  messages = 0;
  #more: { cancel(): void } | undefined;

  constructor(limits: Partial<LeaseLimits>, workers: number) {
    this.leases = new Leases({ streamsMax: 100, rotates: true, startsPerMinuteMax: 0, ...limits });
    this.workers = Array.from({ length: workers }, () => this.#newWorker());
    for (const worker of this.workers) {
      this.leases.join(worker);
      worker.share.attach(worker.slots, worker.overlaps);
    }
    this.#lease();
  }

  /** So many sessions come to the nth worker. */
  ask(nth: number, count: number, holdMs?: number): Asker[] {
    const { slots } = this.nth(nth);
    return Array.from({ length: count }, () => new Asker(slots, this.clock, 'a', 0, holdMs));
  }

  nth(n: number): Worker {
    const worker = this.workers[n];
    if (worker === undefined) throw new Error(`there is no worker ${n}`);
    return worker;
  }

  /** Messages in the `ms` from now on. */
  async messagesIn(ms: number): Promise<number> {
    const before = this.messages;
    await this.clock.advance(ms);
    return this.messages - before;
  }

  #newWorker(): Worker {
    const { clock } = this;
    const share: Share = new Share(clock, async (usage) => {
      this.messages += 1;
      await new Promise<void>((resolve) => clock.after(WAY_MS, resolve));
      this.leases.report(worker, usage, clock.nowMs());
      this.#lease();
    });
    const starts = new Starts(clock, share);
    const limits = { slotsMax: 0, queueMax: 10_000, waitMsMax: WAIT_MS_MAX };
    const onChange = (): void => share.changed();
    const slots = new WatchedSlots([limits, clock, undefined, starts], onChange);
    const overlaps = new WatchedOverlaps(onChange, starts);
    const worker = { share, starts, slots, overlaps };
    return worker;
  }

  #lease(): void {
    const nowMs = this.clock.nowMs();
    for (const [{ share }, lease] of this.leases.due(nowMs)) {
      this.messages += 1;
      this.clock.after(WAY_MS, () => share.follow(lease));
    }
    this.#more?.cancel();
    const waitMs = this.leases.waitMs(nowMs);
    this.#more = waitMs === undefined ? undefined : this.clock.after(waitMs, () => this.#lease());
  }
}

describe('Workers and the leases of their supervisor', () => {
  it.each<[string, Partial<LeaseLimits>, number[]]>([
    ['idle, with one start', { startsPerMinuteMax: 1 }, [0, 0]],
    ['idle, with fewer starts than workers', { startsPerMinuteMax: 3 }, [0, 0, 0, 0, 0, 0, 0, 0]],
    ['all starts are spent by one', { startsPerMinuteMax: 5 }, [5, 0]],
    ['all but one start are spent', { startsPerMinuteMax: 5 }, [4, 0]],
    ['some starts are left', { startsPerMinuteMax: 5 }, [2, 0, 0, 0]],
    ['many starts are left', { startsPerMinuteMax: 300 }, [100, 100, 98, 0]],
    ['starts are missing, and both wait', { startsPerMinuteMax: 5 }, [20, 7]],
    ['slots are missing', { streamsMax: 10 }, [20, 7]],
    [
      'both are missing, slots an odd number',
      { streamsMax: 21, startsPerMinuteMax: 4, rotates: false },
      [30, 30],
    ],
    [
      'both are missing, demands differ',
      { streamsMax: 50, startsPerMinuteMax: 8, rotates: false },
      [30, 11, 17, 5],
    ],
  ])('say next to nothing while nothing happens: %s', async (_, limits, asks) => {
    const world = new World(limits, asks.length);
    await world.clock.advance(100);
    for (const [n, count] of asks.entries()) world.ask(n, count);
    await world.clock.advance(1_000);
    expect(await world.messagesIn(10_000)).toBeLessThanOrEqual(20);
  });

  it('bring the last start of a minute to whoever wants it, wherever it lies', async () => {
    const world = new World({ startsPerMinuteMax: 8 }, 4);
    await world.clock.advance(100);
    for (let n = 0; n < 4; n += 1) world.ask(n, 1);
    await world.clock.advance(1_000);
    const askers = world.ask(2, 4);
    await world.clock.advance(2_000);
    expect(askers.map(({ state }) => state)).toEqual(['granted', 'granted', 'granted', 'granted']);
    expect(world.nth(3).starts.take()).toBe(false);
    expect(await world.messagesIn(10_000)).toBeLessThanOrEqual(20);
  });

  it('bring a start to a stream that is to take over from another', async () => {
    const world = new World({ startsPerMinuteMax: 3 }, 2);
    await world.clock.advance(100);
    world.ask(0, 1);
    await world.clock.advance(100);
    world.ask(0, 1);
    await world.clock.advance(100);
    const [own, other] = [world.nth(0), world.nth(1)];
    while (own.starts.take()) await world.clock.advance(0);
    expect(own.overlaps.take()).toBeUndefined();
    await world.clock.advance(1_000);
    expect(own.starts.stock + other.starts.stock).toBeLessThanOrEqual(1);
    await world.clock.advance(60_000);
    expect(own.overlaps.take()).toBeDefined();
  });

  it('let as many start in a minute as may, and slots go round, while all workers always want both', async () => {
    const world = new World({ streamsMax: 7, startsPerMinuteMax: 60, rotates: false }, 3);
    await world.clock.advance(100);
    const askers = [0, 1, 2].map((n) => world.ask(n, 400, 4_000));
    await world.clock.advance(240_000);
    const granted = askers.map((all) => all.filter(({ state }) => state === 'granted').length);
    expect(granted.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(230);
    for (const count of granted) expect(count).toBeGreaterThanOrEqual(50);
    // A stream a second, and some messages for each.
    expect(world.messages).toBeLessThan(240 * 20);
  });
});
