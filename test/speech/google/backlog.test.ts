import { describe, expect, it } from 'vitest';
import { Backlog } from '../../../src/speech/google/backlog.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

function newBacklog() {
  const clock = new FakeClock();
  const stalls: number[] = [];
  const backlog = new Backlog(clock, 16, () => stalls.push(clock.nowMs()));
  return { clock, stalls, backlog };
}

describe('Backlog', () => {
  it('is high above 5 s of audio, until half of that is left', () => {
    const { backlog, clock } = newBacklog();
    backlog.give(80_000);
    expect(backlog.isHigh).toBe(false);
    backlog.give(16);
    expect(backlog.isHigh).toBe(true);
    expect(backlog.leave(40_000)).toBe(false);
    expect(backlog.leave(16)).toBe(true);
    expect([backlog.isHigh, clock.pending]).toEqual([false, 0]);
    expect(backlog.leave(16)).toBe(false);
  });

  it('stalls when it is high for 8 s', async () => {
    const { backlog, clock, stalls } = newBacklog();
    backlog.give(100_000);
    await clock.advance(7_999);
    expect(stalls).toEqual([]);
    await clock.advance(1);
    expect(stalls).toEqual([8_000]);
  });

  it('waits for nothing once it has ended', async () => {
    const { backlog, clock, stalls } = newBacklog();
    backlog.give(100_000);
    backlog.end();
    await clock.advance(60_000);
    expect([stalls, clock.pending]).toEqual([[], 0]);
  });
});
