import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summaryOf } from '../../src/session/summary.ts';
import { expectBalance } from '../fakes/session-end.ts';

const COUNTS = { replayed: 801, billedMs: 7, streams: 2, results: 3 };

describe('summaryOf()', () => {
  it('says everything in milliseconds', () => {
    const sums = {
      ...{ received: 8_000, transcribed: 4_000, silent: 2_400, released: 0, unsettled: 0 },
      ...{ dropped: { overrun: 800, upstream: 800 }, missing: 80 },
    };
    expect(summaryOf(sums, COUNTS, 8_000)).toEqual({
      type: 'summary',
      receivedMs: 1_000,
      transcribedMs: 500,
      silentMs: 300,
      droppedMs: { overrun: 100, upstream: 100 },
      releasedMs: 0,
      missingMs: 10,
      replayedMs: 100,
      billedMs: 7,
      streams: 2,
      results: 3,
    });
  });

  it('balances at any rate', () => {
    const samples = fc.nat(10_000_000);
    const rate = fc.integer({ min: 8_000, max: 48_000 });
    fc.assert(
      fc.property(samples, samples, samples, samples, samples, rate, (a, b, c, d, e, hertz) => {
        const dropped = { overrun: c, upstream: d };
        const received = a + b + c + d + e;
        const fates = { transcribed: a, silent: b, dropped, released: e };
        const sums = { received, ...fates, unsettled: 0, missing: 0 };
        expectBalance(summaryOf(sums, COUNTS, hertz));
      }),
    );
  });
});
