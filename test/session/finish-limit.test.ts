import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { FinishLimit } from '../../src/session/finish-limit.ts';
import { Pace } from '../../src/session/pace.ts';
import { Tape } from '../../src/session/tape.ts';

/** A tape with 6 s of audio at 1 kHz, of which 5 s may go at once and the rest at twice its speed. */
function newLimit() {
  const tape = new Tape();
  tape.appendAudio(new Uint8Array(12_000), 6_000, 0);
  const pace = new Pace({ paceBurstMs: 5_000, paceSpeed: 2 }, 1_000, 0);
  return { tape, limit: new FinishLimit({ tape, pace, limits: readConfig({}) }) };
}

describe('FinishLimit', () => {
  it('runs only when no audio follows', () => {
    const { limit } = newLimit();
    expect([limit.isOver(0, 0), limit.isOver(0, 1e9)]).toEqual([false, false]);
  });

  it('runs from the moment at which the last audio will have been sent', () => {
    const { tape, limit } = newLimit();
    tape.appendMarker('finish');
    expect(limit.isOver(0, 0)).toBe(false);
    expect([limit.isOver(0, 10_499), limit.isOver(0, 10_500)]).toEqual([false, true]);
  });

  it('knows how long a stream is needed once no more audio follows', () => {
    const { tape, limit } = newLimit();
    expect(limit.leftMs(0, 0)).toBe(undefined);
    tape.appendMarker('finish');
    expect([limit.leftMs(0, 0), limit.leftMs(2_000, 0)]).toEqual([800, 300]);
  });

  it('begins anew with a stream that is finished, and when it is cleared', () => {
    const { tape, limit } = newLimit();
    tape.appendMarker('finish');
    limit.begin(20_000);
    expect([limit.isOver(0, 29_999), limit.isOver(0, 30_000)]).toEqual([false, true]);
    limit.clear();
    expect(limit.isOver(6_000, 30_000)).toBe(false);
    expect(limit.isOver(6_000, 40_000)).toBe(true);
  });
});
