/**
 * Verdict: what was wrong with what one session was told, held against what was spoken in it (pure).
 *
 * A word may be missing only where a gap was reported, across the end of a final that is marked
 * degraded, or where the session ended with its audio unsettled. None may come twice, out of order, or far from its place.
 */
import type { StreamState } from '../../src/client/options.ts';
import type { ServerMessage, Summary } from '../../src/wire/message.ts';
import { accountOf } from '../emulator/account.ts';
import type { PlacedWord } from '../emulator/voice.ts';
import { numbersIn } from '../emulator/voice.ts';

/** How far a word's time may be from the truth. */
const WORD_OFF_MS = 50;
/** Sentences about one session; more of them say no more. */
const SENTENCES_MAX = 5;

interface Talked {
  /** What was sent to the device, in order. */
  readonly heard: readonly ServerMessage[];
  /** All words begun in it, whole or not. */
  readonly words: readonly PlacedWord[];
  readonly sampleRateHertz: number;
  /** Audio that was sent to the server. */
  readonly sentMs: number;
}

/** All that a client was told, by the server and by the client's own stream. */
export interface Told extends Talked {
  readonly states: readonly StreamState[];
  readonly summary: Summary | undefined;
}

/** The same for a client whose session goes on whatever happens: one session, each final once, sums that hold. */
export function faultsOf(told: Told): string[] {
  const { heard, states, summary } = told;
  const sessions = states.filter(({ state }) => state === 'live').length;
  const results = heard.filter((message) => message.type === 'final').map(({ result }) => result);
  const misnumbered = results.findIndex((result, n) => result !== n + 1);
  return [
    ...verdictOf(told),
    ...(sessions === 1 ? [] : [`${sessions} sessions, expected one`]),
    ...(misnumbered < 0
      ? []
      : [`result ${results[misnumbered]} came in place of ${misnumbered + 1}`]),
    ...(summary === undefined
      ? [`no summary came: ${JSON.stringify(states.at(-1))}`]
      : imbalance(summary)),
  ];
}

/** The sums of a summary, which hold to the millisecond. */
function imbalance(summary: Summary): string[] {
  const { receivedMs, transcribedMs, silentMs, droppedMs, releasedMs } = summary;
  const dropped = Object.values(droppedMs).reduce((sum, ms) => sum + ms, 0);
  const booked = transcribedMs + silentMs + dropped + releasedMs;
  return booked === receivedMs ? [] : [`received ${receivedMs} ms, but booked ${booked}`];
}

/** A sentence each; empty when nothing was wrong. */
export function verdictOf(talked: Talked): string[] {
  const { heard, words, sampleRateHertz } = talked;
  const msOf = (samples: number): number => (samples * 1000) / sampleRateHertz;
  const finals = heard.filter((message) => message.type === 'final');
  const gaps = heard.filter((message) => message.type === 'gap');
  const untilMs = settledMs(talked);
  const numbers = finals.flatMap(({ text }) => numbersIn(text));
  const { lost, doubled, swapped, strange } = accountOf(words, numbers);
  const ends = finals.flatMap(({ end, degraded = false }) =>
    degraded ? [{ start: end, end }] : [],
  );
  const missing = lost.filter(
    ({ startSample, endSample }) =>
      msOf(endSample) <= untilMs &&
      [...gaps, ...ends].every(
        ({ start, end }) => msOf(startSample) >= end || msOf(endSample) <= start,
      ),
  );
  const places = new Map(words.map(({ number, startSample }) => [number, msOf(startSample)]));
  const misplaced = finals
    .flatMap(({ words: said = [] }) => said)
    .filter(({ text, start }) => {
      const truth = places.get(numbersIn(text)[0] ?? -1);
      return truth !== undefined && Math.abs(truth - start) > WORD_OFF_MS;
    });
  return [
    ...missing.map(
      (word) => `${nameOf(word)} at ${Math.round(msOf(word.startSample))} ms is missing`,
    ),
    ...doubled.map((number) => `word ${number} came again`),
    ...swapped.map((number) => `word ${number} came after later ones`),
    ...strange.map((number) => `word ${number} was never said`),
    ...misplaced.map(({ text, start }) => `word ${text} is said to be at ${start} ms`),
  ].slice(0, SENTENCES_MAX);
}

function nameOf({ number }: PlacedWord): string {
  return `word ${number}`;
}

/** Until where everything has its outcome: to the end of what was sent, or as the session's error says. */
function settledMs({ heard, sentMs }: Talked): number {
  const error = heard.find((message) => message.type === 'error');
  return error?.from ?? sentMs;
}
