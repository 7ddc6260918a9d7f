/**
 * Seed: one session on the Google recognizer and the emulator, in virtual time, with faults at random.
 *
 * The audio carries its words, so what the finals say, in order, is compared with what was spoken. A
 * word may be missing only where a gap was reported or what follows is unsettled; none may come twice,
 * none out of order, and none more than 50 ms from its place.
 */
import type { Version } from '../../src/speech/google/driver.ts';
import { accountOf } from '../emulator/account.ts';
import type { Fault, Moment, Rule } from '../emulator/faults.ts';
import type { Random } from '../emulator/random.ts';
import { between, randomOf } from '../emulator/random.ts';
import type { Chatter, PlacedWord } from '../emulator/voice.ts';
import { chatter, linear16, Speaker } from '../emulator/voice.ts';
import { GoogleSessionRig, said } from '../speech/google/session-rig.ts';

const FRAME_MS = 100;
const RATE = 16_000;
const WORD_OFF_MS = 50;

export interface Outcome {
  readonly seed: number;
  /** What was wrong, a sentence each; empty when nothing was. */
  readonly wrong: readonly string[];
  readonly words: number;
  readonly streams: number;
  readonly gaps: number;
  /** Ends of streams at the emulator, by code. */
  readonly ends: Readonly<Record<string, number>>;
}

const FAULTS: readonly Fault[] = [
  { kind: 'status', code: 'UNAVAILABLE' },
  { kind: 'status', code: 'INTERNAL' },
  { kind: 'status', code: 'DEADLINE_EXCEEDED' },
  { kind: 'status', code: 'UNKNOWN' },
  { kind: 'status', code: 'CANCELLED' },
  { kind: 'limit', limit: 'duration' },
  { kind: 'limit', limit: 'idle' },
  { kind: 'rst-stream', errorCode: 2 },
  { kind: 'rst-stream', errorCode: 8 },
  { kind: 'goaway' },
  { kind: 'cut' },
  { kind: 'hang' },
  { kind: 'late', ms: 3_000 },
];

function momentOf(random: Random): Moment {
  const draw = random();
  if (draw < 0.2) return { at: 'open' };
  if (draw < 0.4) return { at: 'half-close' };
  if (draw < 0.6) return { at: 'final', nth: Math.floor(between(random, 1, 8)) };
  return { at: 'audio', ms: between(random, 100, 60_000) };
}

/** A fault that strikes one stream in ten or so, each at a moment of its own. */
function rulesOf(random: Random): Rule[] {
  return FAULTS.map((what) => ({ what, when: momentOf(random), chance: between(random, 0, 0.04) }));
}

/** One speaker in three makes no pause at all for a minute: only such speech is cut within words. */
function mannerOf(random: Random): Partial<Chatter> {
  if (random() < 1 / 3) return { breathEvery: 150, gapMs: [0, 0] };
  return { breathEvery: Math.floor(between(random, 3, 40)) };
}

/** Runs `minutes` of speech; the same seed gives the same run. */
export async function runSeed(seed: number, minutes: number): Promise<Outcome> {
  const random = randomOf(seed);
  const version: Version = random() < 0.5 ? 'v1' : 'v2';
  const softMs = between(random, 10_000, 60_000);
  const rig = new GoogleSessionRig(version, {
    rotation: { softMs, jitterMs: softMs / 16, hardMs: softMs * 1.2 },
    emulator: { faults: rulesOf(random), random },
    settings: { EARSHOT_RETRIES_MAX: '100' },
  });
  const phone = rig.start({ words: true });
  const speaker = new Speaker(chatter(random, mannerOf(random)), RATE);
  for (let at = 0; at < minutes * 60_000 && phone.closed === undefined; at += FRAME_MS) {
    phone.session.frame(linear16(speaker.read((RATE * FRAME_MS) / 1000)));
    await rig.clock.advance(FRAME_MS);
  }
  phone.say({ type: 'finish' });
  await rig.clock.advance(60_000);
  await rig.close();
  const { open, ends } = rig.emulator.report();
  const spokenEnd = minutes * 60_000;
  const whole = speaker.words.filter(({ endSample }) => msOf(endSample) <= spokenEnd);
  const gaps = phone.all('gap');
  const wrong = [
    ...compare(whole, said(phone), gaps),
    ...misplaced(whole, phone.all('final')),
    ...(open.length > 0 ? [`${open.length} streams are open at the emulator`] : []),
    ...(phone.last('summary') === undefined
      ? [`no summary came: ${JSON.stringify(phone.heard.at(-1))}`]
      : []),
  ];
  const streams = phone.last('summary')?.streams ?? 0;
  return { seed, wrong, words: whole.length, streams, gaps: gaps.length, ends };
}

function msOf(samples: number): number {
  return (samples * 1000) / RATE;
}

/** Words said twice, out of order, or missing outside every gap. */
function compare(
  spoken: readonly PlacedWord[],
  heard: readonly number[],
  gaps: readonly { readonly start: number; readonly end: number }[],
): string[] {
  const { lost, doubled, swapped, strange } = accountOf(spoken, heard);
  const missing = lost.filter(({ startSample, endSample }) =>
    gaps.every(({ start, end }) => msOf(startSample) >= end || msOf(endSample) <= start),
  );
  const wrong = [
    ...missing.map(
      ({ number, startSample }) =>
        `word ${number} at ${Math.round(msOf(startSample))} ms is missing`,
    ),
    ...doubled.map((number) => `word ${number} came again`),
    ...swapped.map((number) => `word ${number} came after later ones`),
    ...strange.map((number) => `word ${number} was never said`),
  ];
  return wrong.slice(0, 5);
}

function misplaced(
  spoken: readonly PlacedWord[],
  finals: readonly {
    readonly words?: readonly { readonly text: string; readonly start: number }[];
  }[],
): string[] {
  const places = new Map(spoken.map(({ number, startSample }) => [number, msOf(startSample)]));
  const off = finals
    .flatMap(({ words = [] }) => words)
    .filter(({ text, start }) => {
      const truth = places.get(Number(text.replace(/\D/g, '')));
      return truth !== undefined && Math.abs(truth - start) > WORD_OFF_MS;
    });
  return off.slice(0, 3).map(({ text, start }) => `word ${text} is said to be at ${start} ms`);
}
