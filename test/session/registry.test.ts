import { describe, expect, it } from 'vitest';
import { SessionRig } from '../fakes/session-rig.ts';

describe('Registry', () => {
  it('has one timer however many sessions there are, and none without one', () => {
    const rig = new SessionRig();
    expect(rig.clock.pending).toBe(0);
    const phones = Array.from({ length: 9 }, () => rig.start());
    expect(rig.registry.size).toBe(9);
    expect(rig.clock.pending).toBe(1);
    for (const phone of phones) phone.session.end({ code: 'draining', message: 'going away' });
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

  it('finds a session by its name from its start to its end', async () => {
    const rig = new SessionRig();
    const opening = rig.connect();
    expect(rig.registry.find(opening.session.id)).toBeUndefined();
    const phone = rig.start();
    expect(rig.registry.find('s2')).toBe(phone.session);
    phone.line.lost();
    expect(rig.registry.find('s2')).toBe(phone.session);
    rig.registry.release('s2');
    expect(rig.registry.find('s2')).toBeUndefined();
    rig.registry.release('nobody');
    await rig.clock.advance(6_000);
    expect(rig.registry.size).toBe(0);
  });

  it('tells sessions to go elsewhere over a while, and how long they still have', async () => {
    const rig = new SessionRig();
    const phones = Array.from({ length: 100 }, () => rig.start());
    const opening = rig.connect();
    const detached = rig.start();
    detached.line.lost();
    rig.registry.goAway(10_000);
    expect(opening.closed).toEqual({ code: 4001, reason: 'draining' });
    expect(rig.metrics.sessions.detached).toBe(0);
    const told = (): number => phones.filter((phone) => phone.types.includes('goaway')).length;
    expect(told()).toBeLessThan(10);
    await rig.clock.advance(1_250);
    expect(told()).toBeGreaterThan(40);
    expect(told()).toBeLessThan(60);
    await rig.clock.advance(1_350);
    expect(told()).toBe(100);
    const left = phones.map((phone) => phone.last('goaway')?.timeLeftMs ?? 0);
    expect(Math.max(...left)).toBe(10_000);
    expect(Math.min(...left)).toBeGreaterThan(7_000);
    expect(phones.every((phone) => phone.all('goaway').length === 1)).toBe(true);
    expect(phones.every((phone) => phone.closed === undefined)).toBe(true);
  });

  it('knows who came last, of those with a socket', () => {
    const rig = new SessionRig();
    const [first, second, third, fourth] = Array.from({ length: 4 }, () => rig.start().session);
    third?.lost();
    expect(rig.registry.size).toBe(4);
    expect(rig.registry.newest(2)).toEqual([fourth, second]);
    expect(rig.registry.newest(0)).toEqual([]);
    expect(rig.registry.newest(9)).toEqual([fourth, second, first]);
  });
});
