import { describe, expect, it } from 'vitest';
import { SessionRig } from '../fakes/session-rig.ts';

describe('Registry', () => {
  it('has one timer however many sessions there are, and none without one', () => {
    const rig = new SessionRig();
    expect(rig.clock.pending).toBe(0);
    const phones = Array.from({ length: 9 }, () => rig.start());
    expect(rig.registry.size).toBe(9);
    expect(rig.clock.pending).toBe(1);
    for (const phone of phones) phone.session.lost();
    expect(rig.registry.size).toBe(0);
    expect(rig.clock.pending).toBe(0);
  });

  it('ticks each session every 200 ms', async () => {
    const rig = new SessionRig();
    const phones = Array.from({ length: 8 }, () => rig.start());
    await rig.clock.advance(10_000);
    // Nothing changes, so each tick that is due after a second acks.
    for (const phone of phones) {
      const acks = phone.all('ack').length;
      expect(acks).toBeGreaterThanOrEqual(9);
      expect(acks).toBeLessThanOrEqual(10);
    }
  });

  it('ends all sessions with one reason', async () => {
    const rig = new SessionRig();
    const phones = Array.from({ length: 5 }, () => rig.start());
    rig.registry.endAll({ code: 'draining', message: 'going away' });
    await rig.clock.advance(1_000);
    for (const phone of phones) expect(phone.closed).toEqual({ code: 4001, reason: 'draining' });
    expect(rig.registry.size).toBe(0);
  });
});
