import { describe, expect, it } from 'vitest';
import type { Timer } from '../../src/clock.ts';
import { Slots } from '../../src/speech/slots.ts';
import { Asker } from '../fakes/asker.ts';
import { FakeClock, settle } from '../fakes/fake-clock.ts';

const SLOTS_MAX = 20;
const HOLD_MS = 10_000;
const MINUTE_MS = 60_000;

/** Uniform in 0..1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function exponential(random: () => number, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** By which factor told and true time differ, whichever is longer, for all that was told of a time; sorted. */
function errorsOf(askers: readonly Asker[], positionMin: number): number[] {
  const errors: number[] = [];
  for (const { places, ends } of askers) {
    for (const { position, etaMs, atMs } of places) {
      if (etaMs === null || position < positionMin) continue;
      const trueMs = (ends[0]?.atMs ?? 0) - atMs;
      errors.push(Math.max(etaMs / trueMs, trueMs / etaMs));
    }
  }
  return errors.sort((a, b) => a - b);
}

async function waitTogether(
  count: number,
  holdMs: (n: number) => number,
  isKnown: (n: number) => boolean = () => false,
): Promise<Asker[]> {
  const clock = new FakeClock();
  const limits = { slotsMax: SLOTS_MAX, queueMax: count, waitMsMax: 10 * MINUTE_MS };
  const slots = new Slots(limits, clock);
  const askers = Array.from(
    { length: count },
    (_, n) => new Asker(slots, clock, 'a', 0, holdMs(n), isKnown(n)),
  );
  await clock.advance(10 * MINUTE_MS);
  expect(askers.filter(({ state }) => state !== 'granted')).toEqual([]);
  expect(clock.pending).toBe(0);
  return askers;
}

function p90(sorted: readonly number[]): number {
  return sorted[Math.floor(0.9 * sorted.length)] ?? Number.NaN;
}

describe('Slots etaMs, once ten holds have ended', () => {
  it('is nearly exact for holds of one length', async () => {
    const errors = errorsOf(await waitTogether(60, () => HOLD_MS), 1);
    expect(errors).toHaveLength(100);
    expect(p90(errors)).toBeLessThan(1.2);
  });

  it.each([1, 2, 3])(
    'is right within a factor of two at p90 for uniform holds, seed %i',
    async (seed) => {
      const random = randomOf(seed);
      const askers = await waitTogether(200, () => HOLD_MS * (0.5 + random()));
      expect(p90(errorsOf(askers, 1))).toBeLessThan(1.5);
    },
  );

  it('is right within a factor of two though those who wait need slots for less, if they know', async () => {
    const isLate = (n: number): boolean => n >= SLOTS_MAX;
    const askers = await waitTogether(60, (n) => (isLate(n) ? HOLD_MS / 4 : HOLD_MS), isLate);
    const errors = errorsOf(askers, 1);
    expect(errors.length).toBeGreaterThan(15);
    expect(p90(errors)).toBeLessThan(1.5);
  });

  it.each([1, 2, 3])('and for exponential holds, seed %i', async (seed) => {
    const random = randomOf(seed);
    const askers = await waitTogether(200, () => exponential(random, HOLD_MS));
    expect(p90(errorsOf(askers, 1))).toBeLessThan(2);
  });
});

/** Two fleets for ten minutes; the answer is what became of fleet b's asks. */
class Contest {
  readonly clock = new FakeClock();
  readonly #slots: Slots;
  readonly #seed: number;
  readonly #askers: Asker[] = [];

  constructor(seed: number, queueMax: number) {
    this.#seed = seed;
    this.#slots = new Slots({ slotsMax: SLOTS_MAX, queueMax, waitMsMax: 30_000 }, this.clock);
  }

  /** Devices that come at random, so many that they would hold `load` slots on average. */
  come(fleet: string, load: number): void {
    const comes = randomOf(this.#seed + fleet.charCodeAt(0));
    const holds = randomOf(this.#seed - fleet.charCodeAt(0));
    const next = (): void => {
      this.#ask(fleet, exponential(holds, HOLD_MS));
      this.clock.after(exponential(comes, HOLD_MS / load), next);
    };
    next();
  }

  /** Devices that ask again as soon as they had a slot; holds differ, but in the same order in every run. */
  stay(fleet: string, count: number): void {
    const holds = randomOf(this.#seed + fleet.charCodeAt(0));
    const again = (): void => {
      this.#slots.ask(
        { fleet, priority: 0 },
        {
          onQueued: () => undefined,
          onExpired: again,
          onGranted: (slot) => {
            this.clock.after(HOLD_MS * (0.5 + holds()), () => {
              slot.release();
              again();
            });
          },
        },
      );
    };
    for (let n = 0; n < count; n += 1) again();
  }

  async waitsOfB(): Promise<{ waitsMs: number[]; inVain: number }> {
    await this.clock.advance(10 * MINUTE_MS);
    const ofB = this.#askers.filter(({ fleet }) => fleet === 'b');
    const inVain = ofB.filter(({ state }) => state === 'refused' || state === 'expired').length;
    return { waitsMs: ofB.flatMap(({ waitMs }) => waitMs ?? []), inVain };
  }

  #ask(fleet: string, holdMs: number): void {
    const asker = new Asker(this.#slots, this.clock, fleet, 0, holdMs);
    if (fleet === 'b') this.#askers.push(asker);
  }
}

describe('Slots, when one fleet rushes', () => {
  it('moves not a single wait of another by ten times as many asks of a fleet that always has one', async () => {
    const waits = async (rush: number): Promise<number[]> => {
      const contest = new Contest(1, 10_000);
      contest.stay('a', 40 * rush);
      contest.come('b', 8);
      return (await contest.waitsOfB()).waitsMs;
    };
    const steady = await waits(1);
    expect(steady.length).toBeGreaterThan(400);
    expect(await waits(10)).toEqual(steady);
  });

  it.each([
    { steady: 16, b: 8, seed: 1 },
    { steady: 16, b: 8, seed: 2 },
    { steady: 14, b: 14, seed: 1 },
  ])(
    'moves the mean wait of another by at most 10 % from a steady demand to ten times as much: %o',
    async ({ steady, b, seed }) => {
      const run = (load: number): Promise<{ waitsMs: number[]; inVain: number }> => {
        const contest = new Contest(seed, 400);
        contest.come('a', load);
        contest.come('b', b);
        return contest.waitsOfB();
      };
      const calm = await run(steady);
      const rush = await run(10 * steady);
      const ratio = mean(rush.waitsMs) / mean(calm.waitsMs);
      expect(rush.inVain).toBeLessThan(calm.inVain * 1.1 + 1);
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    },
  );
});

class CountingClock extends FakeClock {
  timers = 0;

  override after(delayMs: number, run: () => void): Timer {
    this.timers += 1;
    return super.after(delayMs, run);
  }
}

describe('Slots with 10,000 that wait', () => {
  it('takes two timers for all, tells each one its place, and is empty when all have left', async () => {
    const clock = new CountingClock();
    const slots = new Slots({ slotsMax: 1, queueMax: 10_000, waitMsMax: 30_000 }, clock);
    const askers = Array.from({ length: 10_001 }, (_, n) => new Asker(slots, clock, `${n % 100}`));
    await settle();
    expect([slots.used, slots.depth, clock.timers]).toEqual([1, 10_000, 2]);
    await clock.advance(2_000);
    expect(clock.timers).toBe(3);
    const positions = askers.slice(1).map(({ position }) => position ?? 0);
    expect(positions.sort((a, b) => a - b)).toEqual(positions.map((_, n) => n + 1));
    for (const asker of askers) asker.cancel();
    expect([slots.depth, clock.pending, clock.timers]).toEqual([0, 0, 3]);
  });
});
