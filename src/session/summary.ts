/**
 * Summary: what became of all audio of a session, in the words of the wire (pure).
 */
import { msOf } from '../wire/limits.ts';
import type { Summary } from '../wire/message.ts';
import type { Sums } from './ledger.ts';

/** What is counted beside the ledger, in this process alone. */
export interface Counts {
  /** Samples that a further stream heard. */
  readonly replayed: number;
  readonly billedMs: number;
  readonly streams: number;
  readonly results: number;
}

/** Each duration is the difference of two places in milliseconds, so that the sums balance. */
export function summaryOf(sums: Sums, counts: Counts, sampleRateHertz: number): Summary {
  const { received, transcribed, silent, dropped, released, missing } = sums;
  const { replayed, billedMs, streams, results } = counts;
  let place = 0;
  const next = (samples: number): number => {
    const start = msOf(place, sampleRateHertz);
    place += samples;
    return msOf(place, sampleRateHertz) - start;
  };
  return {
    type: 'summary',
    receivedMs: msOf(received, sampleRateHertz),
    transcribedMs: next(transcribed),
    silentMs: next(silent),
    droppedMs: { overrun: next(dropped.overrun), upstream: next(dropped.upstream) },
    releasedMs: next(released),
    missingMs: msOf(missing, sampleRateHertz),
    replayedMs: msOf(replayed, sampleRateHertz),
    billedMs,
    streams,
    results,
  };
}
