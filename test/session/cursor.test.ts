import { describe, expect, it } from 'vitest';
import { SessionRig } from '../fakes/session-rig.ts';

describe('What a device is told to be settled', () => {
  it('moves only with a token, with an ack once a second at most', async () => {
    const rig = new SessionRig();
    const phone = rig.start();
    const atMs: number[] = [];
    for (let n = 0; n < 200; n++) {
      const before = phone.all('ack').filter(({ resume }) => resume !== undefined).length;
      await phone.speak(100, n % 20 < 8 ? 1_000 : 0);
      const after = phone.all('ack').filter(({ resume }) => resume !== undefined).length;
      if (after > before) atMs.push(rig.clock.nowMs());
    }
    let told = { settled: 0, settledMs: 0 };
    for (const message of phone.heard) {
      if (!('settled' in message)) continue;
      const { settled, settledMs } = message;
      if (message.resume === undefined) expect({ settled, settledMs }).toEqual(told);
      expect(settled).toBeGreaterThanOrEqual(told.settled);
      told = { settled, settledMs };
    }
    expect(atMs.length).toBeGreaterThan(5);
    for (const [n, at] of atMs.slice(1).entries()) {
      expect(at - (atMs[n] ?? 0)).toBeGreaterThanOrEqual(900);
    }
  });
});
