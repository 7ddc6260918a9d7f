import { describe, expect, it } from 'vitest';
import { VERSIONS } from '../../emulator/limits.ts';
import { randomOf } from '../../emulator/random.ts';
import { chatter } from '../../emulator/voice.ts';
import { expectBalance, expectEmpty, finished } from '../../fakes/session-end.ts';
import { GoogleSessionRig, said } from './session-rig.ts';

describe.each(VERSIONS)('A session on Google %s', (version) => {
  it('loses and doubles no word in 12 minutes, over rotations in pauses', async () => {
    const rig = new GoogleSessionRig(version);
    const phone = rig.start();
    const words = await rig.say(phone, chatter(randomOf(1)), 720_000);
    const summary = await finished(rig, phone);
    expect(said(phone)).toEqual(words.slice(0, said(phone).length));
    expect(said(phone).length).toBeGreaterThanOrEqual(words.length - 1);
    expect(summary).toMatchObject({ streams: 4, replayedMs: 450 });
    expect(summary?.billedMs).toBe(rig.emulator.report().billedMs);
    expectBalance(summary);
    await rig.close();
    expect(rig.emulator.report()).toMatchObject({ open: [], ends: { OK: 4 } });
    await expectEmpty(rig);
  });

  it('loses and doubles no word when nobody pauses, over hard cuts', async () => {
    const rig = new GoogleSessionRig(version);
    const phone = rig.start();
    const plan = chatter(randomOf(2), { breathEvery: 1e9, breathMs: [100, 100], gapMs: [0, 60] });
    const words = await rig.say(phone, plan, 120_000);
    const summary = await finished(rig, phone);
    expect(said(phone)).toEqual(words.slice(0, said(phone).length));
    expect(said(phone).length).toBeGreaterThanOrEqual(words.length - 1);
    expectBalance(summary);
    await rig.close();
    expect(rig.emulator.report().open).toEqual([]);
  });
});

describe('A session on Google whose streams live hardly longer than a cut looks back', () => {
  it('makes headway all the same', async () => {
    const rig = new GoogleSessionRig('v1', {
      rotation: { softMs: 1_000, jitterMs: 0, hardMs: 1_600 },
      settings: { EARSHOT_PACE_BURST_MS: '1000', EARSHOT_PACE_SPEED: '1' },
    });
    const phone = rig.start();
    const words = await rig.say(phone, chatter(randomOf(7), { breathEvery: 4 }), 20_000);
    const summary = await finished(rig, phone);
    expect(said(phone)).toEqual(words.slice(0, said(phone).length));
    expect(said(phone).length).toBeGreaterThanOrEqual(words.length - 1);
    expect(summary?.droppedMs).toEqual({ overrun: 0, upstream: 0 });
    await rig.close();
  });
});

describe('Sessions on Google that share a process', () => {
  const quiet = { breathEvery: 4 };

  it('share what the quota leaves: the limit falls to it, and all are heard in the end', async () => {
    const rig = new GoogleSessionRig('v1', {
      slotsMax: 20,
      emulator: { limits: { concurrentMax: 12 } },
      settings: { EARSHOT_STREAM_IDLE_MS_MAX: '1000' },
    });
    const limits: number[] = [];
    rig.google.watchLimit(20, (limit) => {
      limits.push(limit);
      rig.slots.setLimit(limit);
    });
    const phones = Array.from({ length: 20 }, () => rig.start());
    const words = await Promise.all(
      phones.slice(0, 1).map((phone) => rig.say(phone, chatter(randomOf(1), quiet), 5_000)),
    );
    expect(words).toHaveLength(1);
    for (const phone of phones.slice(1)) phone.send100(4_000, 1_000);
    await rig.clock.advance(20_000);
    expect(rig.emulator.report().ends['RESOURCE_EXHAUSTED']).toBeGreaterThan(0);
    expect(Math.min(...limits)).toBeLessThan(20);
    for (const phone of phones) phone.say({ type: 'finish' });
    await rig.clock.advance(30_000);
    expect(phones.filter((phone) => phone.last('summary') !== undefined)).toHaveLength(20);
    await rig.close();
    expect(rig.emulator.report().open).toEqual([]);
  });

  it('are refused at once while credentials are, until a probe is taken', async () => {
    const denied = { kind: 'status', code: 'UNAUTHENTICATED' } as const;
    const rig = new GoogleSessionRig('v1', {
      emulator: { faults: [{ what: denied, which: ({ nth }) => nth === 1 }] },
    });
    const first = rig.start();
    await rig.say(first, chatter(randomOf(1)), 1_000);
    expect(first.closed?.code).toBe(4004);
    expect(rig.google.ready()).toContain('authentication');
    const second = rig.start();
    await rig.say(second, chatter(randomOf(1)), 200);
    expect(second.closed?.code).toBe(4004);
    expect(rig.emulator.report().starts).toBe(1);
    await rig.clock.advance(30_000);
    const third = rig.start();
    await rig.say(third, chatter(randomOf(1)), 5_000);
    expect(rig.google.ready()).toBe(undefined);
    expect((await finished(rig, third))?.results).toBeGreaterThan(0);
    await rig.close();
    await expectEmpty(rig);
  });

  it('start no more streams in a minute than allowed; audio waits', async () => {
    const rig = new GoogleSessionRig('v1', {
      startsPerMinuteMax: 3,
      settings: { EARSHOT_IDLE_MS_MAX: '60000', EARSHOT_QUEUE_WAIT_MS_MAX: '50000' },
    });
    const phones = Array.from({ length: 4 }, () => rig.start());
    for (const phone of phones.slice(0, 2)) phone.send100(1_000, 1_000);
    await rig.clock.advance(30_000);
    for (const phone of phones) {
      phone.say({ type: 'keepalive' });
      phone.send100(1_000, 1_000);
    }
    await rig.clock.advance(1_000);
    expect(rig.emulator.report().starts).toBe(3);
    await rig.clock.advance(30_000);
    expect(rig.emulator.report().starts).toBe(5);
    await rig.close();
    await rig.clock.advance(1_000);
  });

  it('give each stream that fails another connection', async () => {
    const cut = { kind: 'cut' } as const;
    const rig = new GoogleSessionRig('v1', {
      emulator: {
        faults: [{ what: cut, when: { at: 'audio', ms: 3_000 }, which: ({ nth }) => nth === 1 }],
      },
    });
    const phone = rig.start();
    const words = await rig.say(phone, chatter(randomOf(4)), 10_000);
    await finished(rig, phone);
    expect(said(phone)).toEqual(words.slice(0, said(phone).length));
    expect(said(phone).length).toBeGreaterThanOrEqual(words.length - 1);
    expect(rig.drivers).toHaveLength(2);
    await rig.close();
  });
});
