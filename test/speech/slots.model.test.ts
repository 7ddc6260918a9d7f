import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slots } from '../../src/speech/slots.ts';
import { Asker } from '../fakes/asker.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const QUEUE_MAX = 12;

const WHO = { fleet: fc.constantFrom('a', 'b', 'c'), priority: fc.nat(1) };
const STEP = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('ask' as const), ...WHO }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), n: fc.nat(99) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('release' as const), n: fc.nat(99) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('setLimit' as const), n: fc.nat(4) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), n: fc.nat(3_000) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
);

/** Slots, everybody who ever asked, and what must hold whenever nothing is under way. */
class World {
  readonly clock = new FakeClock();
  readonly slots: Slots;
  readonly askers: Asker[] = [];
  readonly cancelled = new Set<Asker>();
  readonly released = new Set<Asker>();
  readonly #waitMsMax: number;

  constructor(waitMsMax: number) {
    this.#waitMsMax = waitMsMax;
    this.slots = new Slots({ slotsMax: 2, queueMax: QUEUE_MAX, waitMsMax }, this.clock);
  }

  async take(step: typeof STEP extends fc.Arbitrary<infer S> ? S : never): Promise<void> {
    if (step.do === 'ask') this.ask(step.fleet, step.priority);
    else if (step.do === 'cancel') this.cancel(step.n);
    else if (step.do === 'release') this.release(step.n);
    else if (step.do === 'setLimit') this.slots.setLimit(step.n);
    else await this.rest(step.do === 'advance' ? step.n : 0);
  }

  ask(fleet: string, priority: number): void {
    const asker = new Asker(this.slots, this.clock, fleet, priority);
    if (asker.state !== 'refused') this.askers.push(asker);
    expect(this.slots.depth).toBeLessThanOrEqual(QUEUE_MAX + this.slots.limit);
  }

  cancel(n: number): void {
    const open = this.askers.filter((one) => one.state === 'open' && !this.cancelled.has(one));
    const one = open[n % Math.max(1, open.length)];
    if (one === undefined) return;
    this.cancelled.add(one);
    one.cancel();
  }

  release(n: number): void {
    const held = this.holding();
    const one = held[n % Math.max(1, held.length)];
    if (one === undefined) return;
    this.released.add(one);
    one.slot?.release();
  }

  /** Time goes on, and then what must hold does. */
  async rest(ms: number): Promise<void> {
    const usedBefore = this.slots.used;
    await this.clock.advance(ms);
    const { used, depth, limit } = this.slots;
    const waiting = this.waiting();
    expect(used).toBe(this.holding().length);
    expect(depth).toBe(waiting.length);
    expect(used).toBeLessThanOrEqual(Math.max(limit, usedBefore));
    if (depth > 0) expect(used).toBeGreaterThanOrEqual(limit);
    expect(this.clock.pending).toBe(depth > 0 ? 2 : 0);
    for (const { askedMs } of waiting) {
      expect(this.clock.nowMs() - askedMs).toBeLessThan(this.#waitMsMax);
    }
  }

  holding(): Asker[] {
    return this.askers.filter((one) => one.state === 'granted' && !this.released.has(one));
  }

  waiting(): Asker[] {
    return this.askers.filter((one) => one.state === 'open' && !this.cancelled.has(one));
  }
}

/** Of one fleet and priority, nobody was granted before one that asked earlier. */
function expectFirstComeFirstServed(askers: readonly Asker[]): void {
  const linesByName = new Map<string, number[]>();
  for (const { fleet, priority, ends } of askers) {
    const line = linesByName.get(`${fleet}/${priority}`) ?? [];
    linesByName.set(`${fleet}/${priority}`, line);
    for (const { how, atMs } of ends) if (how === 'granted') line.push(atMs);
  }
  for (const line of linesByName.values()) expect(line).toEqual([...line].sort((a, b) => a - b));
}

describe('Slots, for any use', () => {
  it('never exceed the limit nor idle below it, and end every ask in exactly one way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 60 }), async (steps) => {
        const world = new World(5_000);
        for (const step of steps) await world.take(step);
        world.slots.setLimit(1);
        await world.rest(5_000);
        expect(world.slots.depth).toBe(0);
        for (const asker of world.askers) {
          expect(asker.ends.length).toBe(world.cancelled.has(asker) ? 0 : 1);
        }
        expectFirstComeFirstServed(world.askers);
      }),
      { numRuns: 200 },
    );
  });

  it('tell everybody its true place, and a new one at most every 2 s', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 40 }), async (steps) => {
        const world = new World(1_000_000);
        for (const step of steps) await world.take(step);
        world.slots.setLimit(0);
        await world.rest(4_000);
        const waiting = world.waiting();
        const order: Asker[] = [];
        for (let n = waiting.length; n > 0; n -= 1) {
          world.slots.setLimit(world.slots.used + 1);
          await world.rest(0);
          order.push(...waiting.filter((one) => one.state === 'granted' && !order.includes(one)));
        }
        expect(order.map(({ position }) => position)).toEqual(waiting.map((_, n) => n + 1));
        for (const { places } of world.askers) {
          const gaps = places.slice(1).map(({ atMs }, n) => atMs - (places[n]?.atMs ?? 0));
          for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(2_000);
        }
      }),
      { numRuns: 200 },
    );
  });
});
