import { describe, expect, it } from 'vitest';
import type { Ask, Refusal } from '../../src/speech/ask.ts';
import { Slots } from '../../src/speech/slots.ts';
import { Asker } from '../fakes/asker.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const LIMITS = { slotsMax: 10, queueMax: 100, waitMsMax: 30_000 };

class Rig {
  readonly clock = new FakeClock();
  readonly slots = new Slots(LIMITS, this.clock);

  /** Sessions that hold a slot for 10 s. */
  queue(count: number): void {
    for (let n = 0; n < count; n += 1) new Asker(this.slots, this.clock, 'a', 0, 10_000);
  }

  /** What one is answered that leaves at once, if it may stay. */
  answer(isNew: boolean): Ask | Refusal {
    const never = (): never => {
      throw new Error('told of an ask that is over');
    };
    const events = { onGranted: never, onQueued: never, onExpired: never };
    const answer = this.slots.ask({ fleet: 'a', priority: 0, isNew }, events);
    if ('cancel' in answer) answer.cancel();
    return answer;
  }
}

describe('Slots.ask() of one that is new', () => {
  it('refuses it at once where it would wait too long, and says when it would not', async () => {
    const rig = new Rig();
    rig.queue(50);
    await rig.clock.advance(15_000);
    // Twenty were granted, and ten are in 10 s: its turn would come in 35 s.
    expect([rig.slots.used, rig.slots.depth]).toEqual([10, 30]);
    const answer = rig.answer(true);
    expect(answer).toMatchObject({ retryAfterMs: expect.any(Number) });
    expect('retryAfterMs' in answer && Math.abs(answer.retryAfterMs - 35_000)).toBeLessThan(2_000);
    await rig.clock.advance(0);
    expect(rig.slots.depth).toBe(30);
  });

  it('lets it wait where it would be served in time, or nobody knows, and others in any case', async () => {
    const rig = new Rig();
    rig.queue(50);
    expect(rig.answer(true)).toHaveProperty('cancel');
    await rig.clock.advance(15_000);
    expect(rig.answer(false)).toHaveProperty('cancel');
    await rig.clock.advance(6_000);
    expect(rig.answer(true)).toHaveProperty('cancel');
    await rig.clock.advance(0);
    expect(rig.slots.depth).toBe(20);
  });
});
