/**
 * Schedule: what happens to the sessions of one seed: how they speak, what strikes them, what is asked.
 */
import type { Version } from '../../src/speech/google/driver.ts';
import type { RotationPolicy } from '../../src/speech/rotation.ts';
import type { Fault, Moment, Rule } from '../emulator/faults.ts';
import type { Random } from '../emulator/random.ts';
import { between } from '../emulator/random.ts';
import type { Chatter, Spoken } from '../emulator/voice.ts';
import { chatter } from '../emulator/voice.ts';

/** Some strike a stream in twenty or so; those that end the session, a stream in seventy. */
const CHANCE_MAX = 0.1;
const LAST_CHANCE_MAX = 0.03;
const FAULTS: readonly Fault[] = [
  { kind: 'status', code: 'UNAVAILABLE' },
  { kind: 'status', code: 'INTERNAL' },
  { kind: 'status', code: 'DEADLINE_EXCEEDED' },
  { kind: 'status', code: 'UNKNOWN' },
  { kind: 'status', code: 'CANCELLED' },
  { kind: 'status', code: 'RESOURCE_EXHAUSTED' },
  { kind: 'limit', limit: 'duration' },
  { kind: 'limit', limit: 'idle' },
  { kind: 'rst-stream', errorCode: 2 },
  { kind: 'goaway' },
  { kind: 'cut' },
  { kind: 'hang' },
  { kind: 'slow-read', bytesPerSecond: 0 },
  { kind: 'late', ms: 3_000 },
  { kind: 'late', ms: 60_000 },
];

const LAST_FAULTS: readonly Fault[] = [
  { kind: 'status', code: 'INVALID_ARGUMENT' },
  { kind: 'status', code: 'PERMISSION_DENIED' },
  { kind: 'status', code: 'UNAUTHENTICATED' },
];

export interface Schedule {
  readonly version: Version;
  readonly sampleRateHertz: 8_000 | 16_000;
  readonly frameMs: number;
  readonly rotation: RotationPolicy;
  readonly faults: readonly Rule[];
  /** Streams that the emulator gives at once. */
  readonly concurrentMax: number;
  /** Sessions that speak at once. */
  readonly sessions: number;
  /** Milliseconds of speech that a monologue may have before a final comes all the same. */
  readonly monologueMsMax: number;
  /** What is said, in a session of its own. */
  readonly plan: (random: Random) => Iterable<Spoken>;
  /** Chance that the device asks for a final in a pause. */
  readonly finalizes: number;
}

/** Anything that can happen, and more often than it does. */
export function scheduleOf(random: Random): Schedule {
  const softMs = between(random, 10_000, 60_000);
  const sessions = random() < 0.2 ? 2 : 1;
  return {
    version: random() < 0.5 ? 'v1' : 'v2',
    sampleRateHertz: random() < 0.8 ? 8_000 : 16_000,
    frameMs: [100, 100, 100, 40, 250][Math.floor(random() * 5)] ?? 100,
    rotation: { softMs, jitterMs: softMs / 16, hardMs: softMs * 1.2 },
    faults: rulesOf(random),
    concurrentMax: random() < 0.1 ? sessions : 300,
    sessions,
    monologueMsMax: random() < 0.5 ? between(random, 5_000, 60_000) : Number.POSITIVE_INFINITY,
    plan: planOf(random),
    finalizes: random() < 0.3 ? 0.3 : 0,
  };
}

/** Moments that a stream comes to, at random: most streams are cut after 10 s to 60 s. */
function momentOf(random: Random): Moment {
  const draw = random();
  if (draw < 0.2) return { at: 'open' };
  if (draw < 0.4) return { at: 'half-close' };
  if (draw < 0.6) return { at: 'final', nth: Math.floor(between(random, 1, 4)) };
  return { at: 'audio', ms: between(random, 100, 20_000) };
}

function rulesOf(random: Random): Rule[] {
  return [
    ...FAULTS.map((what) => ruleOf(what, CHANCE_MAX, random)),
    ...LAST_FAULTS.map((what) => ruleOf(what, LAST_CHANCE_MAX, random)),
  ];
}

function ruleOf(what: Fault, chanceMax: number, random: Random): Rule {
  return { what, when: momentOf(random), chance: between(random, 0, chanceMax) };
}

/** Faults of Google that end no session, fewer of them than where nothing else goes wrong. */
export function passingFaultsOf(random: Random): Rule[] {
  return FAULTS.map((what) => ruleOf(what, CHANCE_MAX / 4, random));
}

/** One speaker in three makes no pause at all for a minute: only such speech is cut within words. */
export function planOf(random: Random): Schedule['plan'] {
  const breathEvery = Math.floor(between(random, 3, 40));
  const manner: Partial<Chatter> = random() < 1 / 3 ? BREATHLESS : { breathEvery };
  return (own) => chatter(own, manner);
}

/** Without any pause for a minute. */
const BREATHLESS = { breathEvery: 150, gapMs: [0, 0] } as const;

/** Nothing goes wrong, but that Google's streams end when they do, and that somebody speaks on and on. */
export function dayOf(version: Version): Schedule {
  return {
    version,
    sampleRateHertz: 8_000,
    frameMs: 100,
    rotation: { softMs: 240_000, jitterMs: 15_000, hardMs: 290_000 },
    faults: [],
    concurrentMax: 300,
    sessions: 1,
    monologueMsMax: 20_000,
    plan: monologues,
    finalizes: 0,
  };
}

/** A monologue of ten minutes, forty of talk, and so on. */
function* monologues(random: Random): Generator<Spoken> {
  let first = 1;
  for (;;) {
    for (const [ms, manner] of [
      [600_000, { breathEvery: Number.POSITIVE_INFINITY, gapMs: [0, 0] }],
      [2_400_000, { breathEvery: 8 }],
    ] as const) {
      let at = 0;
      for (const spoken of chatter(random, { ...manner, first })) {
        yield spoken;
        first += 1;
        at += spoken.pauseMs + spoken.ms;
        if (at > ms) break;
      }
    }
  }
}
