import { describe, expect, it } from 'vitest';
import { Cuts } from '../../src/session/cuts.ts';

const RATE = 8_000;
const SECOND = RATE;

function newCuts(): Cuts {
  return new Cuts(30_000, RATE);
}

describe('Cuts', () => {
  it('lets the first finalize cut at once, and the next a second after any cut', () => {
    const cuts = newCuts();
    expect(cuts.mayFinalize(0)).toBe(true);
    cuts.done(5_000);
    expect([5_999, 6_000].map((nowMs) => cuts.mayFinalize(nowMs))).toEqual([false, true]);
  });

  it('asks for a final once a second of audio follows a new audio id', () => {
    const cuts = newCuts();
    cuts.audioId(500);
    expect(cuts.heard(500 + SECOND - 1, 0)).toBe(undefined);
    expect(cuts.heard(500 + SECOND, 0)).toBe('endpoint');
    expect(cuts.heard(500 + 2 * SECOND, 0)).toBe(undefined);
  });

  it('asks for nothing when a further audio id follows within that second', () => {
    const cuts = newCuts();
    for (let at = 0; at < 20 * SECOND; at += SECOND / 2) {
      cuts.audioId(at);
      expect(cuts.heard(at + SECOND / 2, at)).toBe(undefined);
    }
    expect(cuts.heard(21 * SECOND, 20 * SECOND)).toBe('endpoint');
  });

  it('cuts when more than the limit is heard and unsettled, and first of all then', () => {
    const cuts = newCuts();
    cuts.audioId(0);
    expect(cuts.heard(40 * SECOND, 10 * SECOND - 1)).toBe('settle');
    expect(cuts.heard(40 * SECOND, 10 * SECOND)).toBe('endpoint');
    expect(cuts.heard(40 * SECOND, 10 * SECOND)).toBe(undefined);
  });
});
