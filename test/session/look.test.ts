import { describe, expect, it } from 'vitest';
import { lookOf } from '../../src/session/look.ts';
import { SessionRig } from '../fakes/session-rig.ts';

const SUMS = {
  ...{ received: 16_001, transcribed: 8_000, silent: 1_600, released: 800, missing: 5 },
  ...{ dropped: { overrun: 320, upstream: 160 }, unsettled: 5_121 },
};
const KNOWN = { nowMs: 5_000.4, rate: 16_000, windowMs: 4_000 };

describe('lookOf()', () => {
  it('says in milliseconds what became of the audio, and how far behind its stream is', () => {
    const upstream = { heardUpTo: 12_001, openedMs: 1_000 };
    expect(lookOf(SUMS, { settled: 8_001 }, upstream, KNOWN)).toEqual({
      ...{ streamAgeMs: 4_000, lagMs: 250, windowMs: 4_000, receivedMs: 1_000 },
      ...{ transcribedMs: 500, silentMs: 100, droppedMs: { overrun: 20, upstream: 10 } },
      ...{ releasedMs: 50, unsettledMs: 320.0625 },
    });
  });

  it('sees no lag where a stream hears again what is settled, and no age where there is no stream', () => {
    const upstream = { heardUpTo: 100, openedMs: undefined };
    const look = lookOf(SUMS, { settled: 8_001 }, upstream, KNOWN);
    expect([look.lagMs, look.streamAgeMs]).toEqual([0, null]);
  });
});

describe('A session', () => {
  it('is seen with its device, its stream and the sums of its audio, from its connection on', async () => {
    const rig = new SessionRig();
    const waiting = rig.connect();
    const phone = rig.start();
    await phone.speak(2_000);
    const [first, second] = rig.registry.rows();
    expect(first).toMatchObject({ session: waiting.session.id, state: 'opening', receivedMs: 0 });
    expect(second).toMatchObject({ session: phone.session.id, state: 'open', receivedMs: 2_000 });
    expect(second?.device).toBe('d');
    expect(second?.streamAgeMs).toBeGreaterThan(0);
    expect(second?.windowMs).toBeGreaterThan(0);
    expect(second?.unsettledMs).toBe(rig.metrics.unsettledSeconds() * 1_000);
  });
});
