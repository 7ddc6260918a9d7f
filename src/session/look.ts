/**
 * Look: what an operator sees of a session's audio (pure).
 */
import type { Row } from '../live.ts';
import { msOf } from '../wire/limits.ts';
import type { Sums } from './ledger.ts';

export type Look = Omit<Row, 'session' | 'state' | 'fleet' | 'device' | 'worker' | 'ageMs'>;

/** Before its `start`. */
export const UNHEARD: Look = {
  ...{ streamAgeMs: null, lagMs: 0, windowMs: 0, receivedMs: 0, transcribedMs: 0, silentMs: 0 },
  ...{ droppedMs: { overrun: 0, upstream: 0 }, releasedMs: 0, unsettledMs: 0 },
};

interface Known {
  readonly nowMs: number;
  /** Samples a second. */
  readonly rate: number;
  /** As the device was told last. */
  readonly windowMs: number;
}

/** `lagMs` and `unsettledMs` are not rounded, so that sums of them are exact. Places are session samples. */
export function lookOf(
  sums: Sums,
  { settled }: { readonly settled: number },
  { heardUpTo, openedMs }: { readonly heardUpTo: number; readonly openedMs: number | undefined },
  { nowMs, rate, windowMs }: Known,
): Look {
  const { received, transcribed, silent, dropped, released, unsettled } = sums;
  return {
    streamAgeMs: openedMs === undefined ? null : Math.round(nowMs - openedMs),
    // A stream may still hear again what is settled.
    lagMs: (Math.max(0, heardUpTo - settled) * 1000) / rate,
    windowMs,
    receivedMs: msOf(received, rate),
    transcribedMs: msOf(transcribed, rate),
    silentMs: msOf(silent, rate),
    droppedMs: { overrun: msOf(dropped.overrun, rate), upstream: msOf(dropped.upstream, rate) },
    releasedMs: msOf(released, rate),
    unsettledMs: (unsettled * 1000) / rate,
  };
}
