import { describe, expect, it } from 'vitest';
import { Overlaps, reserveOf } from '../../src/speech/overlaps.ts';
import { Starts } from '../../src/speech/starts.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

describe('reserveOf()', () => {
  it('is 3 % and at least one, but nothing of a single slot', () => {
    expect([0, 1, 2, 20, 33, 34, 300].map(reserveOf)).toEqual([0, 0, 1, 1, 1, 2, 9]);
  });
});

describe('Overlaps', () => {
  it('lends as many as there are, and lends again what came back', () => {
    const overlaps = new Overlaps(2);
    const first = overlaps.take();
    overlaps.take();
    expect(overlaps.take()).toBeUndefined();
    first?.release();
    expect(overlaps.used).toBe(1);
    expect(overlaps.take()).toBeDefined();
  });

  it('takes none away when it becomes smaller', () => {
    const overlaps = new Overlaps(2);
    const first = overlaps.take();
    overlaps.take();
    overlaps.setLimit(1);
    first?.release();
    expect([overlaps.used, overlaps.limit, overlaps.take()]).toEqual([1, 1, undefined]);
  });

  it('spends a start for each that it lends, and lends none without one', () => {
    const starts = new Starts(new FakeClock(), 2);
    const overlaps = new Overlaps(1, starts);
    overlaps.take()?.release();
    expect(starts.left).toBe(1);
    const last = overlaps.take();
    expect([overlaps.take(), starts.left]).toEqual([undefined, 0]);
    last?.release();
    expect([overlaps.take(), overlaps.used]).toEqual([undefined, 0]);
  });

  it('does not take back the same one twice', () => {
    const slot = new Overlaps(1).take();
    slot?.release();
    expect(() => slot?.release()).toThrow(/twice/);
  });
});
