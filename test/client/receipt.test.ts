import { describe, expect, it } from 'vitest';
import { Receipt } from '../../src/client/receipt.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

describe('Receipt', () => {
  it('says the newest final at once, then at most once a second', async () => {
    const clock = new FakeClock();
    const said: [number, number][] = [];
    const receipt = new Receipt(clock, (result) => said.push([clock.nowMs(), result]));
    for (let result = 1; result <= 25; result++) {
      receipt.note(result);
      await clock.advance(100);
    }
    await clock.advance(5_000);
    expect(said).toEqual([
      [0, 1],
      [1_000, 10],
      [2_000, 20],
      [3_000, 25],
    ]);
    expect(clock.pending).toBe(0);
  });

  it('says nothing after it was cancelled, until the next final', async () => {
    const clock = new FakeClock();
    const said: number[] = [];
    const receipt = new Receipt(clock, (result) => said.push(result));
    receipt.note(1);
    receipt.note(2);
    receipt.cancel();
    expect(clock.pending).toBe(0);
    await clock.advance(2_000);
    receipt.note(1); // of another session
    expect(said).toEqual([1, 1]);
  });
});
