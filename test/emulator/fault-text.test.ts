import { describe, expect, it } from 'vitest';
import { parseRule } from './fault-text.ts';
import type { Fault, Moment, Opening } from './faults.ts';

describe('parseRule()', () => {
  const opening = (nth: number, version: Opening['version'] = 'v1'): Opening => {
    return { nth, version, connection: 1 };
  };

  it('reads what, when and which', () => {
    const rule = parseRule('do=unavailable stream=3-5 at=audio:2500 chance=0.5 times=2');
    expect(rule).toMatchObject({
      what: { kind: 'status', code: 'UNAVAILABLE' },
      when: { at: 'audio', ms: 2_500 },
      chance: 0.5,
      timesMax: 2,
    });
    expect([2, 3, 5, 6].map((nth) => rule.which?.(opening(nth)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('reads every kind of fault', () => {
    const kinds = (text: string): Fault => parseRule(`do=${text}`).what;
    expect(kinds('rst-stream:8')).toEqual({ kind: 'rst-stream', errorCode: 8 });
    expect(kinds('rst-stream')).toEqual({ kind: 'rst-stream', errorCode: 2 });
    expect(kinds('goaway')).toEqual({ kind: 'goaway' });
    expect(kinds('cut')).toEqual({ kind: 'cut' });
    expect(kinds('hang')).toEqual({ kind: 'hang' });
    expect(kinds('late:60000')).toEqual({ kind: 'late', ms: 60_000 });
    expect(kinds('slow-read:1000')).toEqual({ kind: 'slow-read', bytesPerSecond: 1_000 });
    expect(kinds('out-of-range')).toEqual({ kind: 'status', code: 'OUT_OF_RANGE' });
    expect(kinds('duration')).toEqual({ kind: 'limit', limit: 'duration' });
  });

  it('reads every moment, and takes the opening when none is given', () => {
    const moment = (text: string): Moment | undefined => parseRule(`do=cut ${text}`).when;
    expect(moment('at=wall:10')).toEqual({ at: 'wall', ms: 10 });
    expect(moment('at=half-close')).toEqual({ at: 'half-close' });
    expect(moment('at=final:2')).toEqual({ at: 'final', nth: 2 });
    expect(moment('at=interim')).toEqual({ at: 'interim', nth: 1 });
    expect(moment('stream=1')).toEqual({ at: 'open' });
  });

  it('names streams by their number, by every nth, and by version', () => {
    const tenth = parseRule('do=cut every=10 version=v2');
    expect(tenth.which?.(opening(20, 'v2'))).toBe(true);
    expect(tenth.which?.(opening(20, 'v1'))).toBe(false);
    expect(tenth.which?.(opening(21, 'v2'))).toBe(false);
    const all = parseRule('do=cut');
    expect(all.which?.(opening(1))).toBe(true);
  });

  it('names what it cannot understand', () => {
    expect(() => parseRule('do=sulk')).toThrow('do=sulk, expected rst-stream, goaway');
    expect(() => parseRule('do=cut at=noon')).toThrow('at=noon');
    expect(() => parseRule('do=cut at=audio')).toThrow("audio is ''");
    expect(() => parseRule('do=cut moon=1')).toThrow("'moon=1' is no part of a fault");
    expect(() => parseRule('do=cut chance=2')).toThrow("chance is '2'");
    expect(() => parseRule('do=rst-stream:0')).toThrow("rst-stream is '0'");
    expect(() => parseRule('')).toThrow('no part of a fault');
  });
});
