import { describe, expect, it } from 'vitest';
import { ClaimRig } from '../fakes/claim-rig.ts';

describe('Claim', () => {
  it('turns a newcomer away that would wait too long, and nobody who was let wait or was live', async () => {
    const rig = new ClaimRig({ slotsMax: 5, startsPerMinuteMax: 1 });
    await rig.live('first');
    const early = rig.claim('early');
    rig.starts.waitMs = () => 80_000;
    early.mayStart();
    early.part();
    rig.starts.waitMs = () => 100_000;
    rig.claim('late').mayStart();
    early.rejoin();
    early.mayStart();
    rig.claim('returning', 1).mayStart();
    await rig.clock.advance(0);
    expect(rig.told.slice(1)).toEqual(['late: refused', 'early: queued 1', 'returning: queued 1']);
  });

  it('asks for a slot when a stream is to start, gets one, and gives it back', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const claim = rig.claim('a');
    expect([claim.mayStart(), claim.state, rig.told]).toEqual([false, 'queued', []]);
    await rig.clock.advance(0);
    expect([rig.told, claim.state, rig.slots.used]).toEqual([['a: granted'], 'live', 1]);
    expect(claim.mayStart()).toBe(true);
    claim.free();
    claim.free();
    expect([claim.state, rig.slots.used]).toEqual(['idle', 0]);
  });

  it('waits for one, and can ask again afterwards', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const first = await rig.live('a');
    const second = rig.claim('b');
    second.mayStart();
    second.mayStart();
    await rig.clock.advance(0);
    first.free();
    await rig.clock.advance(0);
    first.mayStart();
    second.free();
    await rig.clock.advance(0);
    expect(rig.told.filter((told) => !told.includes('queued'))).toEqual([
      'a: granted',
      'b: granted',
      'a: granted',
    ]);
    expect(rig.told).toContain('b: queued 1');
  });

  it('leaves the queue, and is told nothing more', async () => {
    const rig = new ClaimRig({ slotsMax: 0 });
    const claim = rig.claim('a');
    claim.mayStart();
    claim.end();
    await rig.clock.advance(100_000);
    expect([rig.told, rig.slots.depth, claim.mayStart()]).toEqual([[], 0, false]);
  });

  it('gives a slot back that was granted and not yet told', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const claim = rig.claim('a');
    claim.mayStart();
    claim.end();
    await rig.clock.advance(0);
    expect([rig.told, rig.slots.used]).toEqual([[], 0]);
  });

  it('is refused when it has waited in vain, once', async () => {
    const rig = new ClaimRig({ slotsMax: 0 });
    const claim = rig.claim('a');
    claim.mayStart();
    await rig.clock.advance(100_000);
    expect(rig.told).toEqual(['a: queued 1', 'a: refused']);
    claim.end();
    expect(rig.slots.depth).toBe(0);
  });

  it('is refused at once when nobody may wait any more', () => {
    const rig = new ClaimRig({ slotsMax: 0, queueMax: 1 });
    rig.claim('a').mayStart();
    rig.claim('b').mayStart();
    expect(rig.told).toEqual(['b: refused']);
  });

  it('lets a conversation that goes on before a newcomer', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const returning = await rig.live('c');
    returning.free();
    const first = await rig.live('a');
    rig.claim('b').mayStart();
    returning.mayStart();
    await rig.clock.advance(0);
    first.free();
    await rig.clock.advance(0);
    expect(rig.told.filter((told) => told === 'c: granted')).toHaveLength(2);
    expect(rig.told).not.toContain('b: granted');
  });
});

describe('Claim of a quota that is used up', () => {
  it('gives its slot to others, is told so, and asks again no sooner than it is told to', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const claim = await rig.live('a');
    rig.claim('b').mayStart();
    claim.giveWay(1_000);
    expect(rig.told.at(-1)).toBe('a: queued 2');
    await rig.clock.advance(999);
    expect([claim.mayStart(), claim.state, rig.told.at(-1)]).toEqual([false, 'idle', 'b: granted']);
    await rig.clock.advance(1);
    claim.mayStart();
    expect([claim.state, rig.slots.depth]).toEqual(['queued', 1]);
  });
});

describe('Claim of starts', () => {
  it('gets its first one with its slot, and waits for both in the queue', async () => {
    const rig = new ClaimRig({ slotsMax: 5, startsPerMinuteMax: 1 });
    await rig.live('a');
    const second = rig.claim('b');
    second.mayStart();
    await rig.clock.advance(59_000);
    expect([second.state, rig.slots.used, rig.slots.depth]).toEqual(['queued', 1, 1]);
    expect(rig.told).toEqual(['a: granted', 'b: queued 1']);
    await rig.clock.advance(2_000);
    expect([second.state, rig.starts.left]).toEqual(['live', 0]);
    expect(second.mayStart()).toBe(true);
  });

  it('spends another for a further stream, and queues with its slot given back if there is none', async () => {
    const rig = new ClaimRig({ slotsMax: 1, startsPerMinuteMax: 2 });
    const claim = await rig.live('a');
    await rig.clock.advance(30_000);
    expect([claim.mayStart(), rig.starts.left]).toEqual([true, 0]);
    expect([claim.mayStart(), claim.state, rig.slots.used]).toEqual([false, 'queued', 0]);
    await rig.clock.advance(31_000);
    expect(rig.told).toEqual(['a: granted', 'a: queued 1', 'a: granted']);
    expect([claim.mayStart(), rig.starts.left]).toEqual([true, 0]);
  });

  it('keeps its slot where only retries are used up', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const claim = await rig.live('a');
    let retries = 0;
    while (claim.mayStart(true)) retries += 1;
    expect([retries, claim.state, rig.slots.used]).toEqual([11, 'live', 1]);
    expect([claim.mayRetry(true, 1), claim.mayRetry(true, 2)]).toEqual([false, false]);
    expect([claim.mayRetry(false, 1), claim.mayRetry(false, 2)]).toEqual([true, true]);
  });
});

describe('Claim of a retry', () => {
  it('that is answered allows two more, for whoever has failed as well, and once', async () => {
    const rig = new ClaimRig({ slotsMax: 2 });
    const [first, second] = [await rig.live('a'), await rig.live('b')];
    while (second.mayRetry(true, 1));
    expect(first.mayRetry(true, 1)).toBe(false);
    second.answered();
    second.answered();
    expect([1, 2, 3].map(() => first.mayRetry(true, 1))).toEqual([true, true, false]);
  });

  it('that only lasts, and says nothing, allows none', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const claim = await rig.live('a');
    while (claim.mayRetry(true, 1));
    const openedMs = rig.clock.nowMs();
    await rig.clock.advance(600);
    expect(claim.isLive(openedMs)).toBe(true);
    expect(claim.mayRetry(true, 1)).toBe(false);
  });
});

describe('Claim of an overlap', () => {
  it('takes one of the reserve with a start, and no second', async () => {
    const rig = new ClaimRig({ slotsMax: 1, overlapsMax: 2, startsPerMinuteMax: 10 });
    const claim = await rig.live('a');
    expect([claim.overlap(), rig.starts.left]).toEqual([true, 8]);
    expect([claim.overlap(), rig.starts.left]).toEqual([false, 8]);
    expect(rig.overlaps.used).toBe(1);
    claim.single();
    claim.single();
    expect(rig.overlaps.used).toBe(0);
    expect(claim.overlap()).toBe(true);
  });

  it('gets none when the reserve is lent, and spends no start', async () => {
    const rig = new ClaimRig({ slotsMax: 2, startsPerMinuteMax: 10 });
    const [first, second] = [await rig.live('a'), await rig.live('b')];
    expect([first.overlap(), second.overlap(), rig.starts.left]).toEqual([true, false, 7]);
  });

  it('gets none when no start is left, and takes none of the reserve', async () => {
    const rig = new ClaimRig({ slotsMax: 1, startsPerMinuteMax: 1 });
    const claim = await rig.live('a');
    expect([claim.overlap(), rig.overlaps.used]).toEqual([false, 0]);
  });

  it('gets none without a slot', () => {
    expect(new ClaimRig({ slotsMax: 1 }).claim('a').overlap()).toBe(false);
  });

  it('gives it back with all else', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const claim = await rig.live('a');
    claim.overlap();
    claim.free();
    expect([rig.slots.used, rig.overlaps.used]).toEqual([0, 0]);
  });
});

describe('The claim of a session whose device is lost', () => {
  it('keeps its slots until its streams are over, and claims none until the device is back', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const claim = await rig.live('a');
    claim.part();
    expect([claim.state, claim.mayStart(), claim.overlap()]).toEqual(['parting', false, false]);
    expect(rig.slots.used).toBe(1);
    claim.free();
    expect([claim.state, claim.mayStart(), rig.slots.used]).toEqual(['parted', false, 0]);
    claim.rejoin();
    expect([claim.state, claim.mayStart(), claim.state]).toEqual(['idle', false, 'queued']);
  });

  it('goes on with its slot when the device is back before that', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const claim = await rig.live('a');
    claim.part();
    claim.rejoin();
    expect([claim.state, claim.mayStart(), rig.slots.used]).toEqual(['live', true, 1]);
  });

  it('leaves the queue, and tells its place again once the device is back', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    await rig.live('a');
    const claim = rig.claim('b');
    claim.mayStart();
    await rig.clock.advance(0);
    rig.told.length = 0;
    claim.part();
    expect([claim.state, rig.slots.depth]).toEqual(['parted', 0]);
    claim.rejoin();
    claim.mayStart();
    await rig.clock.advance(0);
    expect(rig.told).toEqual(['b: queued 1']);
  });

  it('goes before newcomers in another process too, if anything of it is settled', async () => {
    const rig = new ClaimRig({ slotsMax: 1 });
    const first = await rig.live('a');
    rig.claim('new').mayStart();
    rig.claim('taken', 16_000).mayStart();
    await rig.clock.advance(0);
    first.free();
    await rig.clock.advance(0);
    expect(rig.told.at(-1)).toBe('taken: granted');
  });
});
