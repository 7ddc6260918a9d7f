import { describe, expect, it } from 'vitest';
import { Cuts } from '../../src/session/cuts.ts';

const RATE = 8_000;
const SECOND = RATE;

function newCuts(): Cuts {
  return new Cuts(30_000, RATE);
}

describe('Cuts', () => {
  it('cuts at once for the first finalize', () => {
    expect(newCuts().finalize(0)).toBe('cut');
  });

  it('lets a finalize within a second of the last cut wait until that second is over', () => {
    const cuts = newCuts();
    cuts.done(5_000);
    expect(cuts.finalize(5_999)).toBe(undefined);
    expect(cuts.due(5_999)).toBe(undefined);
    expect(cuts.due(6_000)).toBe('cut');
    expect(cuts.finalize(6_000)).toBe('cut');
  });

  it('makes one cut of those that wait', () => {
    const cuts = newCuts();
    cuts.done(0);
    for (let nowMs = 100; nowMs < 1_000; nowMs += 100) {
      expect(cuts.finalize(nowMs)).toBe(undefined);
    }
    expect(cuts.due(1_000)).toBe('cut');
    cuts.done(1_000);
    expect(cuts.due(9_000)).toBe(undefined);
  });

  it('never asks for two cuts within a second, however often finalize comes', () => {
    const cuts = newCuts();
    const cutsAt: number[] = [];
    for (let nowMs = 0; nowMs < 10_000; nowMs += 50) {
      if (cuts.due(nowMs) !== 'cut' && cuts.finalize(nowMs) !== 'cut') continue;
      cutsAt.push(nowMs);
      cuts.done(nowMs);
    }
    expect(cutsAt).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000]);
  });

  it('has nothing due by itself', () => {
    expect(newCuts().due(1e9)).toBe(undefined);
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
