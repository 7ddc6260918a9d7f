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
  it('is high above 300 ms of audio, until half of that is left', () => {
    const { backlog } = newBacklog();
    backlog.give(4_800);
    expect(backlog.isHigh).toBe(false);
    backlog.give(16);
    expect(backlog.isHigh).toBe(true);
    expect(backlog.leave(2_400)).toBe(false);
    expect(backlog.leave(16)).toBe(true);
    expect(backlog.isHigh).toBe(false);
    expect(backlog.leave(16)).toBe(false);
  });

  it('stalls when less than 2.5 s leave within 8 s', async () => {
    const { backlog, clock, stalls } = newBacklog();
    backlog.give(100_000);
    await clock.advance(7_999);
    backlog.leave(39_984);
    expect(stalls).toEqual([]);
    await clock.advance(1);
    expect(stalls).toEqual([8_000]);
  });

  it('does not stall while enough leaves, though it stays behind', async () => {
    const { backlog, clock, stalls } = newBacklog();
    backlog.give(100_000);
    backlog.leave(40_000);
    await clock.advance(8_000);
    expect(stalls).toEqual([]);
    await clock.advance(8_000);
    expect(stalls).toEqual([16_000]);
  });

  it('does not take a stream for one that gets on because it is high and low in turns', async () => {
    const { backlog, clock, stalls } = newBacklog();
    backlog.give(4_816);
    for (let n = 0; n < 20; n++) {
      await clock.advance(400);
      expect(backlog.leave(2_416)).toBe(true);
      backlog.give(2_416);
    }
    expect(stalls).toEqual([]);
    for (let n = 0; n < 16; n++) {
      await clock.advance(500);
      backlog.leave(2_400);
      backlog.give(2_400);
    }
    expect(stalls).toEqual([16_000]);
  });

  it('has caught up once nothing is left', async () => {
    const { backlog, clock, stalls } = newBacklog();
    backlog.give(10_000);
    backlog.leave(10_000);
    await clock.advance(60_000);
    expect([stalls, clock.pending]).toEqual([[], 0]);
  });

  it('waits for nothing once it has ended', async () => {
    const { backlog, clock, stalls } = newBacklog();
    backlog.give(100_000);
    backlog.end();
    await clock.advance(60_000);
    expect([stalls, clock.pending]).toEqual([[], 0]);
  });
});
