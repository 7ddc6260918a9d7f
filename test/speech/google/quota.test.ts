import { describe, expect, it } from 'vitest';
import { VERSIONS } from '../../emulator/limits.ts';
import { expectBalance, expectEmpty } from '../../fakes/session-end.ts';
import type { Person } from './crowd.ts';
import { Crowd, SPEECH_MS } from './crowd.ts';
import { said } from './session-rig.ts';

const QUOTA = 20;
const PEOPLE = 60;

/** Every word once, in order, and every millisecond has its fate. */
function expectHeard(people: readonly Person[]): void {
  for (const { phone, words } of people) {
    expect(said(phone)).toEqual(words);
    expect(phone.last('summary')?.receivedMs).toBe(SPEECH_MS);
    expectBalance(phone.last('summary'));
  }
}

async function expectOver({ rig }: Crowd): Promise<void> {
  await rig.close();
  expect(rig.emulator.report().open).toEqual([]);
  await expectEmpty(rig);
}

function p90(sorted: readonly number[]): number {
  return sorted[Math.floor(0.9 * sorted.length)] ?? Number.NaN;
}

/** Places that are further back than the one told before. */
function risesOf({ places }: Person): unknown[] {
  return places.filter(({ position }, n) => position > (places[n - 1]?.position ?? position));
}

/** All are served by turns, slots are not idle, and what is told of the wait is right. */
function expectOrder({ busy, people }: Crowd, etasMin: number, etaErrors: readonly number[]): void {
  expect(people.flatMap(risesOf)).toEqual([]);
  expect(busy.streamMs / busy.slotMs).toBeGreaterThan(0.95);
  expect(etaErrors.length).toBeGreaterThan(etasMin);
  expect(p90(etaErrors)).toBeLessThan(2);
}

describe('60 people at a quota of 20 streams that the server knows', () => {
  const options = { slotsMax: QUOTA, limits: { concurrentMax: QUOTA } };

  it.each(VERSIONS.flatMap((version) => [0, 1_000].map((ms) => [ms, version] as const)))(
    'are all heard by turns and know when, if they come within %i ms (%s)',
    async (ms, version) => {
      const crowd = new Crowd(version, options);
      await crowd.come(PEOPLE, ms);
      await crowd.pass(22_000);
      const { openMax, starts, refused } = crowd.rig.emulator.report();
      expect([starts, refused]).toEqual([PEOPLE, 0]);
      expect(openMax).toBeLessThanOrEqual(QUOTA);
      expectHeard(crowd.people);
      expectOrder(crowd, 20, crowd.etaErrors());
      await expectOver(crowd);
    },
  );

  it('and so they are if each waits silently until it is live', async () => {
    const settings = { EARSHOT_QUEUE_WAIT_MS_MAX: '40000' };
    const crowd = new Crowd('v1', { ...options, settings });
    await crowd.come(PEOPLE, 1_000, 'when live');
    await crowd.pass(45_000);
    expect(crowd.rig.emulator.report()).toMatchObject({ refused: 0, starts: PEOPLE });
    expectHeard(crowd.people);
    expectOrder(crowd, 100, crowd.etaErrors());
    await expectOver(crowd);
  });

  it.each(VERSIONS)(
    'and none is refused while streams are replaced every 3 s (%s)',
    async (version) => {
      const rotation = { softMs: 3_000, jitterMs: 1_000, hardMs: 6_000 };
      const crowd = new Crowd(version, { ...options, rotation });
      await crowd.come(PEOPLE, 1_000);
      await crowd.pass(28_000);
      const { openMax, starts, refused } = crowd.rig.emulator.report();
      expect([openMax, refused]).toEqual([QUOTA, 0]);
      expect(starts).toBeGreaterThan(PEOPLE + QUOTA);
      expectHeard(crowd.people);
      await expectOver(crowd);
    },
  );
});

describe('60 people at a quota of 20 streams that the server takes for 40', () => {
  it.each([
    [0, 'v1'],
    [1_000, 'v2'],
  ] as const)(
    'are all heard and few refused, if they come within %i ms (%s)',
    async (ms, version) => {
      const crowd = new Crowd(version, { slotsMax: 40, limits: { concurrentMax: QUOTA } });
      await crowd.come(PEOPLE, ms);
      await crowd.pass(2_000);
      const { people, rig } = crowd;
      expect(rig.slots.limit + rig.overlaps.limit).toBeLessThanOrEqual(QUOTA);
      await crowd.pass(20_000);
      const { starts, refused, openMax } = rig.emulator.report();
      expect([openMax, starts]).toEqual([QUOTA, PEOPLE + refused]);
      expect(refused).toBeGreaterThan(0);
      expect(refused).toBeLessThan(PEOPLE);
      expectHeard(people);
      const waited = people.filter(({ places }) => places.at(-1)?.position === 0);
      expect(waited).toHaveLength(PEOPLE - QUOTA);
      await expectOver(crowd);
    },
  );
});

describe('30 people at a quota of 20 starts a minute that the server does not know', () => {
  const options = { slotsMax: 100, limits: { startsMax: QUOTA } };
  const COUNT = 30;

  it('are heard, or told where they stand and when to come again, and are heard then', async () => {
    const crowd = new Crowd('v1', options);
    await crowd.come(COUNT, 1_000);
    await crowd.pass(50_000);
    const { people, rig } = crowd;
    const refused = people.filter(({ phone }) => phone.last('error') !== undefined);
    expect(refused).toHaveLength(COUNT - QUOTA);
    expectHeard(people.filter((person) => !refused.includes(person)));
    for (const { phone, places } of refused) {
      const error = { code: 'overloaded', retryAfterMs: 30_000, from: 0, to: SPEECH_MS };
      expect(phone.last('error')).toMatchObject(error);
      expect(places.at(-1)?.position).toBeGreaterThan(0);
    }
    expect(rig.emulator.report().refused).toBeLessThan(12 * refused.length);
    await crowd.pass(25_000);
    await crowd.come(refused.length, 1_000);
    await crowd.pass(30_000);
    expect(people).toHaveLength(COUNT + refused.length);
    expectHeard(people.slice(COUNT));
    await expectOver(crowd);
  });

  it('are all heard if they may wait for more than a minute', async () => {
    const settings = { EARSHOT_QUEUE_WAIT_MS_MAX: '70000', EARSHOT_TAPE_MS_MAX: '80000' };
    const crowd = new Crowd('v2', { ...options, settings });
    await crowd.come(COUNT, 1_000);
    await crowd.pass(80_000);
    expectHeard(crowd.people);
    expect(crowd.rig.emulator.report().refused).toBeLessThan(14 * (COUNT - QUOTA));
    await expectOver(crowd);
  });
});

describe('40 people at a quota of 20 starts a minute that the server knows', () => {
  it('hold no slot while they wait for a start, are never refused, and know when', async () => {
    const settings = { EARSHOT_QUEUE_WAIT_MS_MAX: '70000', EARSHOT_TAPE_MS_MAX: '80000' };
    const options = {
      slotsMax: 100,
      limits: { startsMax: QUOTA },
      startsPerMinuteMax: QUOTA,
      settings,
    };
    const crowd = new Crowd('v1', options);
    await crowd.come(40, 1_000);
    await crowd.pass(70_000);
    const { busy, people, rig } = crowd;
    expect(rig.emulator.report()).toMatchObject({ starts: 40, refused: 0 });
    expect(busy.streamMs / busy.heldMs).toBeGreaterThan(0.98);
    expectHeard(people);
    expect(people.flatMap(risesOf)).toEqual([]);
    const errors = crowd.etaErrors();
    expect(errors.length).toBeGreaterThan(100);
    expect(p90(errors)).toBeLessThan(2);
    await expectOver(crowd);
  });
});
