import { describe, expect, it } from 'vitest';
import { KeySupply } from '../../src/edge/key-supply.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const HOUR_MS = 3_600_000;

function rig() {
  const clock = new FakeClock();
  const rigged = { clock, asked: 0, isDown: false };
  const reload = (): Promise<void> => {
    rigged.asked += 1;
    return rigged.isDown ? Promise.reject(new Error('500')) : Promise.resolve();
  };
  return Object.assign(rigged, { supply: new KeySupply(reload, clock) });
}

describe('KeySupply', () => {
  it('asks at the first use, and then only when the keys are ten minutes old', async () => {
    const one = rig();
    for (let n = 0; n < 10; n++) {
      await one.supply.ready();
      await one.clock.advance(60_000);
    }
    expect(one.asked).toBe(1);
    await one.clock.advance(1);
    await one.supply.ready();
    expect(one.asked).toBe(2);
  });

  it('asks at most every 30 s for keys that it lacks, whether that succeeds or fails', async () => {
    const one = rig();
    await one.supply.ready();
    for (const isDown of [false, true]) {
      one.isDown = isDown;
      const before = one.asked;
      await one.clock.advance(30_000);
      for (let n = 0; n < 29; n++) {
        await one.supply.ask().catch(() => undefined);
        await one.clock.advance(1_000);
      }
      expect(one.asked - before).toBe(1);
    }
  });

  it('asks at most every 5 s where it has none, and says each time how the last attempt ended', async () => {
    const one = rig();
    one.isDown = true;
    for (let n = 0; n < 20; n++) {
      await expect(one.supply.ready()).rejects.toThrow('500');
      await one.clock.advance(1_000);
    }
    expect(one.asked).toBe(4);
    one.isDown = false;
    await one.supply.ready();
    expect(one.asked).toBe(5);
  });

  it('goes on with the keys that it has for a day, while nobody answers', async () => {
    const one = rig();
    await one.supply.ready();
    one.isDown = true;
    for (let hour = 0; hour < 24; hour++) {
      await one.clock.advance(HOUR_MS);
      await one.supply.ready();
    }
    await one.clock.advance(HOUR_MS);
    await expect(one.supply.ready()).rejects.toThrow('500');
  });
});
