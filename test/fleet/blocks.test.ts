import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Blocks } from '../../src/fleet/blocks.ts';

/** A worker, the leases on their way to it, and its reports on their way back. */
interface Worker {
  leases: number[];
  reports: { used: number; waiting: number; followed: number }[];
  sent: number;
  followed: number;
  limit: number;
  used: number;
  waiting: number;
}

function newWorker(): Worker {
  return { leases: [], reports: [], sent: 0, followed: 0, limit: 0, used: 0, waiting: 0 };
}

/** Workers that share blocks, and messages that take their time. */
class World {
  readonly blocks: Blocks<Worker>;
  readonly workers: Worker[];

  constructor(limit: number, workers: number) {
    this.blocks = new Blocks(limit);
    this.workers = Array.from({ length: workers }, newWorker);
    for (const worker of this.workers) this.blocks.add(worker);
    this.#plan();
  }

  /** All that is held, or may be when what is on its way arrives. */
  get held(): number {
    return this.workers.reduce(
      (sum, { limit, used, leases }) => sum + Math.max(limit, used, ...leases),
      0,
    );
  }

  setLimit(limit: number): void {
    this.blocks.setLimit(limit);
    this.#plan();
  }

  /** Something happens at one worker. */
  step(what: Step['what'], worker: Worker, count: number): void {
    if (what === 'want') worker.waiting += count;
    if (what === 'end') worker.used = Math.max(0, worker.used - count);
    if (what === 'leave') worker.waiting = Math.max(0, worker.waiting - count);
    if (what === 'say') this.#say(worker);
    if (what === 'lease') this.lease(worker);
    if (what === 'report') this.report(worker);
    if (what === 'die') this.#replace(worker);
    this.#grant(worker);
  }

  lease(worker: Worker): void {
    const limit = worker.leases.shift();
    if (limit === undefined) return;
    worker.limit = limit;
    worker.followed += 1;
    this.#say(worker);
  }

  report(worker: Worker): void {
    const said = worker.reports.shift();
    if (said === undefined) return;
    this.blocks.report(worker, said, said.followed === worker.sent);
    this.#plan();
  }

  /** Every message arrives, until there are none. */
  settle(): void {
    for (const worker of this.workers) this.#say(worker);
    let rounds = 0;
    while (this.workers.some(({ leases, reports }) => leases.length + reports.length > 0)) {
      rounds += 1;
      expect(rounds).toBeLessThan(100);
      for (const worker of this.workers) {
        this.lease(worker);
        this.#grant(worker);
        this.report(worker);
      }
    }
  }

  #grant(worker: Worker): void {
    const count = Math.max(0, Math.min(worker.waiting, worker.limit - worker.used));
    worker.used += count;
    worker.waiting -= count;
  }

  #say(worker: Worker): void {
    const { used, waiting, followed } = worker;
    worker.reports.push({ used, waiting, followed });
  }

  #replace(worker: Worker): void {
    this.blocks.remove(worker);
    const next = newWorker();
    this.workers[this.workers.indexOf(worker)] = next;
    this.blocks.add(next);
    this.#plan();
  }

  #plan(): void {
    for (const worker of this.blocks.plan()) {
      worker.sent += 1;
      worker.leases.push(this.blocks.leased(worker));
    }
  }
}

interface Step {
  readonly what: 'want' | 'end' | 'leave' | 'say' | 'lease' | 'report' | 'die';
  readonly worker: number;
  readonly count: number;
}

const STEPS = fc.array(
  fc.record({
    what: fc.constantFrom<Step['what'][]>(
      'want',
      'end',
      'leave',
      'say',
      'lease',
      'lease',
      'report',
      'report',
      'die',
    ),
    worker: fc.nat(4),
    count: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 120 },
);

const WORKERS = fc.integer({ min: 1, max: 5 });

function run(world: World, steps: readonly Step[], after: () => void): void {
  for (const { what, worker, count } of steps) {
    const at = world.workers[worker % world.workers.length];
    if (at !== undefined) world.step(what, at, count);
    after();
  }
}

describe('Blocks', () => {
  it('never lets all together hold more than the limit, in whatever order messages come', () => {
    fc.assert(
      fc.property(fc.nat(20), WORKERS, STEPS, (limit, workers, steps) => {
        const world = new World(limit, workers);
        run(world, steps, () => {
          expect(world.held).toBeLessThanOrEqual(limit);
        });
      }),
    );
  });

  it('lets no more be held while more than a lowered limit are', () => {
    const limits = fc.array(fc.tuple(fc.nat(20), STEPS), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(WORKERS, limits, (workers, parts) => {
        const world = new World(20, workers);
        for (const [limit, steps] of parts) {
          let { held } = world;
          world.setLimit(limit);
          run(world, steps, () => {
            expect(world.held).toBeLessThanOrEqual(Math.max(limit, held));
            held = world.held;
          });
        }
      }),
    );
  });

  it('gives to those who wait what others do not use, whatever was before', () => {
    fc.assert(
      fc.property(fc.nat(20), WORKERS, STEPS, (limit, workers, steps) => {
        const world = new World(limit, workers);
        run(world, steps, () => undefined);
        world.settle();
        const used = world.workers.reduce((sum, worker) => sum + worker.used, 0);
        const waiting = world.workers.reduce((sum, worker) => sum + worker.waiting, 0);
        expect(waiting === 0 || used === limit).toBe(true);
      }),
    );
  });

  it('gives all to one when all others are idle', () => {
    const world = new World(9, 3);
    world.settle();
    expect(world.workers.map(({ limit }) => limit)).toEqual([3, 3, 3]);
    world.step('want', world.workers[1] ?? newWorker(), 9);
    world.settle();
    expect(world.workers.map(({ used }) => used)).toEqual([0, 9, 0]);
  });

  it('lets nobody starve: while all always wait, each gets a slot again and again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), WORKERS, STEPS, (limit, workers, steps) => {
        const world = new World(limit, workers);
        run(world, steps, () => undefined);
        const granted = world.workers.map(() => 0);
        for (let round = 0; round < 12 * workers; round += 1) {
          for (const [index, worker] of world.workers.entries()) {
            worker.waiting = 1 + 3 * index;
            granted[index] = (granted[index] ?? 0) + Math.min(1, worker.used);
            world.step('end', worker, 1);
          }
          world.settle();
        }
        for (const count of granted) expect(count).toBeGreaterThanOrEqual(4);
      }),
    );
  });

  it('shares by demand when there is too little, and moves nothing while nobody needs it', () => {
    const world = new World(12, 2);
    world.settle();
    const [one = newWorker(), other = newWorker()] = world.workers;
    world.step('want', one, 2);
    world.step('want', other, 3);
    const sent = world.workers.map((worker) => worker.sent);
    world.settle();
    expect(world.workers.map((worker) => worker.sent)).toEqual(sent);
    world.step('want', one, 14);
    world.step('want', other, 5);
    world.settle();
    expect(world.workers.map(({ used }) => used)).toEqual([6, 6]);
    for (let n = 0; n < 4; n += 1) {
      world.step('end', other, 1);
      world.step('want', other, 1);
      world.settle();
    }
    expect(world.workers.map(({ used }) => used)).toEqual([8, 4]);
  });

  it('has the block of a worker that died for the others at once', () => {
    const world = new World(4, 2);
    world.settle();
    const [one = newWorker(), other = newWorker()] = world.workers;
    world.step('want', one, 4);
    world.settle();
    world.step('want', other, 4);
    world.settle();
    expect(one.used + other.used).toBe(4);
    world.blocks.remove(one);
    world.workers.shift();
    world.settle();
    expect(other.used).toBe(4);
  });
});
