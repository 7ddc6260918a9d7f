import { describe, expect, it } from 'vitest';
import { Claim } from '../../src/session/claim.ts';
import { Overlaps } from '../../src/speech/overlaps.ts';
import { Slots } from '../../src/speech/slots.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** Sessions that claim of the same slots. */
class ClaimRig {
  readonly clock = new FakeClock();
  readonly slots: Slots;
  readonly overlaps: Overlaps;
  /** What each was told, in order: `name: what`. */
  readonly told: string[] = [];

  constructor(slotsMax: number, queueMax = 10, overlapsMax = 1) {
    this.slots = new Slots({ slotsMax, queueMax, waitMsMax: 1_000 }, this.clock);
    this.overlaps = new Overlaps(overlapsMax);
  }

  claim(name: string): Claim {
    return new Claim(this.slots, this.overlaps, 'a', {
      onGranted: () => this.told.push(`${name}: granted`),
      onQueued: (position) => this.told.push(`${name}: queued ${position}`),
      onRefused: () => this.told.push(`${name}: refused`),
    });
  }
}

describe('Claim', () => {
  it('gets a slot and gives it back', async () => {
    const rig = new ClaimRig(1);
    const claim = rig.claim('a');
    claim.ask('newcomer');
    expect(rig.told).toEqual([]);
    await rig.clock.advance(0);
    expect(rig.told).toEqual(['a: granted']);
    expect(rig.slots.used).toBe(1);
    claim.free();
    claim.free();
    expect(rig.slots.used).toBe(0);
  });

  it('waits for one, and can ask again afterwards', async () => {
    const rig = new ClaimRig(1);
    const [first, second] = [rig.claim('a'), rig.claim('b')];
    first.ask('newcomer');
    second.ask('newcomer');
    await rig.clock.advance(0);
    first.free();
    await rig.clock.advance(0);
    first.ask('newcomer');
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
    const rig = new ClaimRig(0);
    const claim = rig.claim('a');
    claim.ask('newcomer');
    claim.free();
    await rig.clock.advance(10_000);
    expect(rig.told).toEqual([]);
    expect(rig.slots.depth).toBe(0);
  });

  it('gives a slot back that was granted and not yet told', async () => {
    const rig = new ClaimRig(1);
    const claim = rig.claim('a');
    claim.ask('newcomer');
    claim.free();
    await rig.clock.advance(0);
    expect(rig.told).toEqual([]);
    expect(rig.slots.used).toBe(0);
  });

  it('is refused when it has waited in vain, once', async () => {
    const rig = new ClaimRig(0);
    const claim = rig.claim('a');
    claim.ask('newcomer');
    await rig.clock.advance(10_000);
    expect(rig.told).toEqual(['a: queued 1', 'a: refused']);
    claim.free();
    expect(rig.slots.depth).toBe(0);
  });

  it('is refused at once when nobody may wait any more', () => {
    const rig = new ClaimRig(0, 1);
    rig.claim('a').ask('newcomer');
    rig.claim('b').ask('newcomer');
    expect(rig.told).toEqual(['b: refused']);
  });

  it('lets a conversation that goes on before a newcomer', async () => {
    const rig = new ClaimRig(1);
    const first = rig.claim('a');
    first.ask('newcomer');
    await rig.clock.advance(0);
    rig.claim('b').ask('newcomer');
    rig.claim('c').ask('returning');
    await rig.clock.advance(0);
    first.free();
    await rig.clock.advance(0);
    expect(rig.told).toContain('c: granted');
    expect(rig.told).not.toContain('b: granted');
  });
});

describe('Claim of an overlap', () => {
  it('takes one of the reserve, and no second', () => {
    const rig = new ClaimRig(1, 10, 2);
    const claim = rig.claim('a');
    expect(claim.overlap()).toBe(true);
    expect(claim.overlap()).toBe(false);
    expect(rig.overlaps.used).toBe(1);
    claim.single();
    claim.single();
    expect(rig.overlaps.used).toBe(0);
    expect(claim.overlap()).toBe(true);
  });

  it('gets none when the reserve is lent', () => {
    const rig = new ClaimRig(1);
    expect(rig.claim('a').overlap()).toBe(true);
    expect(rig.claim('b').overlap()).toBe(false);
  });

  it('gives it back with all else', async () => {
    const rig = new ClaimRig(1);
    const claim = rig.claim('a');
    claim.ask('newcomer');
    await rig.clock.advance(0);
    claim.overlap();
    claim.free();
    expect([rig.slots.used, rig.overlaps.used]).toEqual([0, 0]);
  });
});
