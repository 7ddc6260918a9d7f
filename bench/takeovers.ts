/**
 * Takeovers: where one stream of a session took over from another, and how late finals were (pure).
 *
 * A final is late by what it comes after the moment that it was due: when the recognizer would have
 * decided on it, had its stream gone on without end. That is after a pause, or after so much speech
 * without one. A cut brings the old stream's last final before that, since the half-close is what
 * decides on it: then it is early, and its lateness negative.
 *
 * All times are ms of a session's audio; a moment is when the audio of that place was recorded.
 */
import type { Ended } from '../test/emulator/emulator.ts';

export interface TimedWord {
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** The words of a final, and when it came. */
export interface TimedFinal {
  readonly atMs: number;
  readonly numbers: readonly number[];
}

/** When a recognizer decides on a final. */
export interface FinalRule {
  /** Silence that ends an utterance. */
  readonly pauseMs: number;
  /** Speech without a pause, from the first word of the final on. */
  readonly monologueMs: number;
}

/** What of a session's audio one stream heard, and how it ended. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly how: string;
}

/** In a pause; in the middle of speech, which both streams hear; or after a stream that failed. */
export const TAKEOVER_KINDS = ['pause', 'speech', 'failure'] as const;
export type TakeoverKind = (typeof TAKEOVER_KINDS)[number];

export interface Takeover {
  /** Where the new stream begins. */
  readonly atMs: number;
  readonly kind: TakeoverKind;
}

/** A final that a takeover touches is the old stream's last or the new one's first. */
export type Side = 'away' | `${'last before' | 'first after'} ${TakeoverKind}`;

export interface Lateness {
  readonly side: Side;
  /** Of the final, after it was due. */
  readonly lateMs: number;
  /** Of the final, after its last word ended. */
  readonly sinceWordMs: number;
}

/** Streams whose first word is one of `words`, in the order of the audio they heard. */
export function spansOf(ended: readonly Ended[], words: readonly TimedWord[]): Span[] {
  const starts = new Map(words.map(({ number, startMs }) => [number, startMs]));
  const spans: Span[] = [];
  for (const { firstWord, audioMs, how } of ended) {
    const startMs = starts.get(firstWord?.number ?? -1);
    if (firstWord === undefined || startMs === undefined) continue;
    const fromMs = startMs - firstWord.atMs;
    spans.push({ fromMs, untilMs: fromMs + audioMs, how });
  }
  return spans.sort((a, b) => a.fromMs - b.fromMs);
}

/** Of a pause both streams hear the end, 150 ms; of speech at least 600 ms. */
const PAUSE_MS_MAX = 300;

export function takeoversOf(spans: readonly Span[]): Takeover[] {
  return spans.slice(1).map(({ fromMs: atMs }, n) => {
    const old = spans[n];
    if (old?.how !== 'OK') return { atMs, kind: 'failure' };
    return { atMs, kind: old.untilMs - atMs > PAUSE_MS_MAX ? 'speech' : 'pause' };
  });
}

/** How late each final was, but for the last one of a session, which `finish` brings about. */
export function latenessOf(
  finals: readonly TimedFinal[],
  words: readonly TimedWord[],
  takeovers: readonly Takeover[],
  rule: FinalRule,
): Lateness[] {
  const known = placed(finals, words, rule);
  const sides = new Map<number, Side[]>();
  const touch = (place: number, side: Side): void => {
    sides.set(place, [...(sides.get(place) ?? []), side]);
  };
  for (const { atMs, kind } of takeovers) {
    const last = known.findLastIndex(({ first }) => first.startMs < atMs);
    if (last >= 0) touch(last, `last before ${kind}`);
    touch(last + 1, `first after ${kind}`);
  }
  return known.slice(0, -1).flatMap(({ atMs, last, dueMs }, place) =>
    (sides.get(place) ?? ['away' as const]).map((side) => ({
      side,
      lateMs: atMs - dueMs,
      sinceWordMs: atMs - last.endMs,
    })),
  );
}

interface Placed {
  readonly atMs: number;
  readonly first: TimedWord;
  readonly last: TimedWord;
  readonly dueMs: number;
}

function placed(
  finals: readonly TimedFinal[],
  words: readonly TimedWord[],
  { pauseMs, monologueMs }: FinalRule,
): Placed[] {
  const places = new Map(words.map(({ number }, place) => [number, place]));
  const at = (number: number | undefined): number => places.get(number ?? -1) ?? -1;
  return finals.flatMap(({ atMs, numbers }) => {
    const first = words[at(numbers[0])];
    const place = at(numbers.at(-1));
    const last = words[place];
    if (first === undefined || last === undefined) return [];
    const pauseDueMs = utteranceEnd(words, place, pauseMs) + pauseMs;
    return [{ atMs, first, last, dueMs: Math.min(pauseDueMs, first.startMs + monologueMs) }];
  });
}

/** Where the last word ends that follows the one at `place` without a pause. */
function utteranceEnd(words: readonly TimedWord[], place: number, pauseMs: number): number {
  let endMs = words[place]?.endMs ?? 0;
  for (const word of words.slice(place + 1)) {
    if (word.startMs - endMs >= pauseMs) break;
    endMs = word.endMs;
  }
  return endMs;
}
