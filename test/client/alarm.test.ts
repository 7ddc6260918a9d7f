import { describe, expect, it } from 'vitest';
import { Alarm } from '../../src/client/alarm.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

describe('Alarm', () => {
  it('rings after its time without a touch, and again after as much', async () => {
    const clock = new FakeClock();
    const rung: number[] = [];
    const alarm = new Alarm(clock, 100, () => rung.push(clock.nowMs()));
    await clock.advance(60);
    alarm.touch();
    await clock.advance(200);
    alarm.cancel();
    await clock.advance(500);
    expect(rung).toEqual([160, 260]);
    expect(clock.pending).toBe(0);
  });

  it('stays silent when it is cancelled by its own ring', async () => {
    const clock = new FakeClock();
    let rung = 0;
    const alarm = new Alarm(clock, 100, () => {
      rung += 1;
      alarm.cancel();
    });
    await clock.advance(1_000);
    expect(rung).toBe(1);
    expect(clock.pending).toBe(0);
  });
});
