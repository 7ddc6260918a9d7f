import { describe, expect, it } from 'vitest';
import { Meters } from '../../src/edge/meter.ts';

function visitor(id: string, expiresMs: number, audioMsMax?: number) {
  const terms = { expiresMs, ...(audioMsMax !== undefined && { audioMsMax }) };
  return { device: { id, fleet: 'f' }, terms };
}

describe('Meters', () => {
  it('counts all that comes with one token together, and nothing else', () => {
    const meters = new Meters();
    const one = meters.of(visitor('a', 1_000, 500), 0);
    const again = meters.of(visitor('a', 1_000, 500), 0);
    expect(one).toBe(again);
    expect(meters.of(visitor('a', 2_000, 500), 0)).not.toBe(one);
    expect(meters.of(visitor('b', 1_000, 500), 0)).not.toBe(one);
    if (one === undefined || one === 'full') throw new Error('no meter');
    expect([one.add(300), one.add(300)]).toEqual([300, 600]);
  });

  it('has none for a token that limits no audio', () => {
    const meters = new Meters();
    expect(meters.of(visitor('a', 1_000), 0)).toBeUndefined();
    expect(meters.of({ device: { id: 'a', fleet: 'f' }, terms: undefined }, 0)).toBeUndefined();
  });

  it('has room for 100,000 tokens, and forgets those that have expired', () => {
    const meters = new Meters();
    for (let n = 0; n < 100_000; n++) meters.of(visitor(`${n}`, 1_000, 1), 0);
    expect(meters.of(visitor('x', 1_000, 1), 0)).toBe('full');
    expect(meters.of(visitor('0', 1_000, 1), 0)).toHaveProperty('add');
    expect(meters.of(visitor('x', 100_000, 1), 61_001)).toHaveProperty('add');
  });

  it('looks through all of them for expired ones at most once a minute, however many are refused', () => {
    const meters = new Meters();
    for (let n = 0; n < 100_000; n++) meters.of(visitor(`${n}`, n === 0 ? 1_000 : 1e9, 1), 0);
    const answers = [61_000, 61_500, 120_999, 121_000].map((wallMs) =>
      meters.of(visitor('x', 1e9, 1), wallMs),
    );
    expect(answers.map((each) => each === 'full')).toEqual([true, true, true, false]);
  });
});
