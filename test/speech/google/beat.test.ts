import { describe, expect, it } from 'vitest';
import { Beat } from '../../../src/speech/google/beat.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

describe('Beat', () => {
  it('does with one timer what was asked for since the last beat, in that order', async () => {
    const clock = new FakeClock();
    const beat = new Beat(clock, 5);
    const done: string[] = [];
    beat.next(() => done.push(`first at ${clock.nowMs()}`));
    await clock.advance(3);
    beat.next(() => done.push(`second at ${clock.nowMs()}`));
    expect(clock.pending).toBe(1);
    expect(done).toEqual([]);
    await clock.advance(2);
    const startMs = clock.nowMs() - 5;
    expect(done).toEqual([`first at ${startMs + 5}`, `second at ${startMs + 5}`]);
    expect(clock.pending).toBe(0);
  });

  it('leaves what is asked for within a beat for the next one', async () => {
    const clock = new FakeClock();
    const beat = new Beat(clock, 5);
    const startMs = clock.nowMs();
    const doneMs: number[] = [];
    const again = (): void => {
      doneMs.push(clock.nowMs() - startMs);
      if (doneMs.length < 3) beat.next(again);
    };
    beat.next(again);
    await clock.advance(100);
    expect(doneMs).toEqual([5, 10, 15]);
  });

  it('goes on after one that throws', async () => {
    const clock = new FakeClock();
    const beat = new Beat(clock, 5);
    const done: string[] = [];
    beat.next(() => expect.fail('as planned'));
    await expect(clock.advance(5)).rejects.toThrow('as planned');
    for (const what of ['one', 'two']) {
      beat.next(() => done.push(what));
      await clock.advance(5);
    }
    expect(done).toEqual(['one', 'two']);
  });
});
