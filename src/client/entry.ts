/**
 * Entries: what stands on the client's tape, and how a lost stretch of it becomes one gap.
 */
import { msOf } from '../wire/limits.ts';
import type { ClientMessage } from '../wire/message.ts';

/** A `gap` of the wire says at most this; more takes several. */
const GAP_MS_MAX = 86_400_000;

export type Marker = Extract<ClientMessage, { type: 'gap' | 'finalize' | 'finish' }>;

/**
 * `number` is 0 until it is sent. A `copyless` frame was sent, but its audio had to go since. A
 * gap is `ms` that were declared, and `samples` that were lost here.
 */
export type Entry =
  | { readonly kind: 'frame'; readonly audio: Uint8Array; readonly number: number }
  | { readonly kind: 'copyless'; readonly samples: number; readonly number: number }
  | { readonly kind: 'gap'; ms: number; samples: number; readonly number: number }
  | { readonly kind: 'finalize' | 'finish' };

export type Frame = Extract<Entry, { kind: 'frame' }>;
export type Lost = Extract<Entry, { kind: 'gap' }>;

export function isAudio(entry: Entry | undefined): boolean {
  return entry?.kind === 'frame';
}

/** Whether it stands wholly before frame `number`; only of an entry that was sent. */
export function isBefore(entry: Entry | undefined, number: number): boolean {
  return entry !== undefined && 'number' in entry && entry.number < number;
}

/** A frame's first `bytes` as sent, and what is left of it. */
export function splitFrame({ audio }: Frame, bytes: number, number: number): [Frame, ...Frame[]] {
  const sent: Frame = { kind: 'frame', audio: audio.subarray(0, bytes), number };
  if (bytes >= audio.byteLength) return [sent];
  return [sent, { kind: 'frame', audio: audio.subarray(bytes), number: 0 }];
}

/** A gap as it may be said, and what is left of it. */
export function splitGap(ms: number, number: number): [Lost, ...Lost[]] {
  const sent: Lost = { kind: 'gap', ms: Math.min(GAP_MS_MAX, ms), samples: 0, number };
  if (sent.ms === ms) return [sent];
  return [sent, { kind: 'gap', ms: ms - sent.ms, samples: 0, number: 0 }];
}

/**
 * Puts one gap in the place of unsent entries. A `finalize` among them comes before it: between
 * two lost stretches there is nothing to settle, and so the markers of a long outage stay few.
 */
export function loseRange(entries: Entry[], from: number, to: number, gap: Lost): void {
  const finalizes: Entry[] = [];
  for (const entry of entries.slice(from, to)) {
    if (entry.kind === 'gap') {
      gap.ms += entry.ms;
      gap.samples += entry.samples;
    }
    if (entry.kind === 'finalize' && finalizes.length === 0) finalizes.push(entry);
  }
  entries.splice(from, to - from, ...finalizes, gap);
}

/** Takes `samples` off a gap; nothing may be left of it. */
export function shorten(gap: Lost, samples: number, sampleRateHertz: number): void {
  const ofLost = Math.min(samples, gap.samples);
  gap.samples -= ofLost;
  gap.ms = Math.max(0, gap.ms - msOf(samples - ofLost, sampleRateHertz));
}

/** Entries that were sent, as they are to be sent again: what has no copy is a gap. */
export function unsent(entries: readonly Entry[]): Entry[] {
  const again: Entry[] = [];
  for (const entry of entries) {
    const last = again.at(-1);
    if (entry.kind !== 'copyless') again.push('number' in entry ? { ...entry, number: 0 } : entry);
    else if (last?.kind === 'gap') last.samples += entry.samples;
    else again.push({ kind: 'gap', ms: 0, samples: entry.samples, number: 0 });
  }
  return again;
}
