import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StartLeases } from '../../src/fleet/start-leases.ts';

interface Worker {
  leases: number[];
  reports: { spent: number; waiting: number; followed: number }[];
  sent: number;
  followed: number;
  limit: number;
  spent: number;
  wanted: number;
}

function newWorker(): Worker {
  return { leases: [], reports: [], sent: 0, followed: 0, limit: 0, spent: 0, wanted: 0 };
}

/** Workers that share starts, messages that take their time, and every start that was made. */
class World {
  readonly starts: StartLeases<Worker>;
  readonly workers: Worker[];
  readonly startedMs: number[] = [];
  nowMs = 0;

  constructor(perMinuteMax: number, workers: number) {
    this.starts = new StartLeases(perMinuteMax);
    this.workers = Array.from({ length: workers }, newWorker);
    for (const worker of this.workers) this.starts.add(worker);
    this.plan();
  }

  want(worker: Worker, count: number): void {
    for (let n = 0; n < count; n += 1) {
      if (worker.spent < worker.limit) {
        worker.spent += 1;
        this.startedMs.push(this.nowMs);
      } else worker.wanted = 1;
    }
    this.say(worker);
  }

  say(worker: Worker): void {
    const { spent, wanted: waiting, followed } = worker;
    worker.reports.push({ spent, waiting, followed });
  }

  lease(worker: Worker): void {
    const limit = worker.leases.shift();
    if (limit === undefined) return;
    worker.limit = limit;
    worker.followed += 1;
    if (worker.spent < limit) worker.wanted = 0;
    this.say(worker);
  }

  report(worker: Worker): void {
    const said = worker.reports.shift();
    if (said === undefined) return;
    this.starts.report(worker, said, said.followed === worker.sent, this.nowMs);
    this.plan();
  }

  die(worker: Worker): void {
    this.starts.remove(worker, this.nowMs);
    const next = newWorker();
    this.workers[this.workers.indexOf(worker)] = next;
    this.starts.add(next);
    this.plan();
  }

  settle(): void {
    while (this.workers.some(({ leases, reports }) => leases.length + reports.length > 0)) {
      for (const worker of this.workers) {
        this.lease(worker);
        this.report(worker);
      }
    }
  }

  plan(): void {
    for (const worker of this.starts.plan(this.nowMs)) {
      worker.sent += 1;
      worker.leases.push(this.starts.leased(worker));
    }
  }

  /** The most that were started within a minute. */
  get most(): number {
    const counts = this.startedMs.map(
      (fromMs, from) => this.startedMs.slice(from).filter((atMs) => atMs < fromMs + 60_000).length,
    );
    return Math.max(0, ...counts);
  }
}

const STEP = fc.record({
  what: fc.constantFrom('want', 'lease', 'report', 'die', 'wait', 'settle'),
  worker: fc.nat(3),
  count: fc.integer({ min: 1, max: 12 }),
});

describe('StartLeases', () => {
  it('has no more starts in any minute than a minute may have, in whatever order messages come', () => {
    const steps = fc.array(STEP, { maxLength: 150 });
    const counts = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(counts, steps, ([perMinuteMax, workers], all) => {
        const world = new World(perMinuteMax, workers);
        for (const { what, worker, count } of all) {
          const at = world.workers[worker % workers] ?? newWorker();
          if (what === 'want') world.want(at, count);
          if (what === 'lease') world.lease(at);
          if (what === 'report') world.report(at);
          if (what === 'die') world.die(at);
          if (what === 'wait') world.nowMs += count * 1_777;
          if (what === 'settle') world.settle();
        }
        expect(world.most).toBeLessThanOrEqual(perMinuteMax);
      }),
    );
  });

  it('lets nobody starve: each of those that always want gets starts, by and by', () => {
    const world = new World(3, 4);
    const all = [...world.workers];
    for (let look = 0; look < 3_000; look += 1) {
      for (const worker of all) world.want(worker, 1);
      world.settle();
      world.nowMs += 200;
      world.plan();
      world.settle();
    }
    expect(world.most).toBe(3);
    for (const { spent } of all) expect(spent).toBeGreaterThanOrEqual(5);
  });

  it('calls back what nobody uses for one that wants it', () => {
    const world = new World(40, 2);
    world.settle();
    const [one = newWorker(), other = newWorker()] = world.workers;
    expect(other.limit).toBeGreaterThan(1);
    for (let n = 0; n < 80; n += 1) {
      world.want(one, 1);
      world.settle();
    }
    expect(world.startedMs.length).toBeGreaterThanOrEqual(39);
    expect(other.limit).toBe(0);
  });

  it('calls nothing back within half a second from one who wanted it', () => {
    const world = new World(1, 2);
    const [one = newWorker(), other = newWorker()] = world.workers;
    one.wanted = 1;
    world.say(one);
    world.settle();
    expect([one.limit, other.limit]).toEqual([1, 0]);
    const moves: number[] = [];
    for (; world.nowMs < 3_000; world.nowMs += 50) {
      const before = one.limit;
      for (const worker of [one, other]) {
        if (worker.limit === 0) worker.wanted = 1;
        world.say(worker);
      }
      world.settle();
      if (one.limit !== before) moves.push(world.nowMs);
    }
    expect(moves).toEqual([500, 1_000, 1_500, 2_000, 2_500]);
    expect(world.starts.waitMs(2_900)).toBe(100);
  });

  it('says when there will be more, and only if somebody waits', () => {
    const world = new World(1, 1);
    const [one = newWorker()] = world.workers;
    world.want(one, 1);
    world.settle();
    world.want(one, 1);
    world.settle();
    expect(world.starts.waitMs(world.nowMs)).toBeUndefined();
    world.want(one, 1);
    world.settle();
    expect(world.startedMs).toHaveLength(1);
    expect(world.starts.waitMs(10_000)).toBe(50_500);
    world.nowMs = 60_500;
    world.plan();
    world.settle();
    world.want(one, 1);
    expect(world.startedMs).toEqual([0, 60_500]);
  });
});
