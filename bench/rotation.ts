/**
 * Rotation: are words lost, or finals late, where one stream takes over from another?
 *
 *   npm run bench:rotation -- [--sessions 20] [--seconds 180] [--api v1] [--seed 1] [--json FILE]
 *
 * The server with Google's own client library, and the emulator as Google with a stream's life of
 * 10 s, each a process; the clients speak test audio in real time. One speaker in three makes no
 * pause. What it counts and how: rotation-figures.ts and takeovers.ts.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { MANNER } from '../test/emulator/transcriber.ts';
import type { Chatter } from '../test/emulator/voice.ts';
import { coreWaitMs } from './core-wait.ts';
import type { EmulatorProcess } from './emulator-process.ts';
import { startEmulatorProcess } from './emulator-process.ts';
import type { Figures, SideFigures } from './rotation-figures.ts';
import { figuresOf, targetsOf } from './rotation-figures.ts';
import type { ServerProcess } from './server-process.ts';
import { startServerProcess } from './server-process.ts';
import type { FinalRule } from './takeovers.ts';
import type { Talk } from './talker.ts';
import { talk } from './talker.ts';
import { targetLine } from './target.ts';

/** 305 s are 10.2 s, 5 min are 10 s. */
const TIME_SCALE = 30;
/** So that the tail of the old stream is over before that. */
const ROTATE = { softMs: 7_500, hardMs: 9_000 } as const;
/** Without it a speaker who makes no pause would have no finals but those at rotations. */
const MONOLOGUE_MS = 4_000;
const RULE: FinalRule = { pauseMs: MANNER.finalPauseMs, monologueMs: MONOLOGUE_MS };
/** Sessions start over this time, so that they don't all rotate at once. */
const STARTS_MS = 10_000;
/** Numbers of each session's words. */
const WORDS_MAX = 1_000_000;
/** How long streams may take to end once the sessions have. */
const END_MS_MAX = 2_000;
const POLL_MS = 100;

interface Options {
  readonly sessions: number;
  readonly seconds: number;
  readonly seed: number;
  readonly api: 'v1' | 'v2';
  readonly json: string | undefined;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      sessions: { type: 'string', default: '20' },
      seconds: { type: 'string', default: '180' },
      seed: { type: 'string', default: '1' },
      api: { type: 'string', default: 'v1' },
      json: { type: 'string' },
    },
  });
  const whole = (name: 'sessions' | 'seconds' | 'seed', max: number): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 1 && value <= max) return value;
    throw new RangeError(`--${name} is '${values[name]}', expected an integer from 1 to ${max}`);
  };
  const { api, json } = values;
  if (api !== 'v1' && api !== 'v2') throw new RangeError(`--api is '${api}', expected v1 or v2`);
  const sessions = whole('sessions', 250);
  return { sessions, seconds: whole('seconds', 86_400), seed: whole('seed', 4_000), api, json };
}

/** What the machine did besides: what is late because of that is no fault of the server. */
interface Noise {
  /** Of the event loop of the clients. */
  readonly delayP99Ms: number;
  /** Of the time, how much of it somebody waited for a core, 0..1; undefined where it isn't known. */
  readonly waitShare: number | undefined;
}

interface Measured {
  readonly figures: Figures;
  readonly noise: Noise;
}

function mannerOf(nth: number): Partial<Chatter> {
  const first = nth * WORDS_MAX + 1;
  if (nth % 3 === 2) return { first, breathEvery: WORDS_MAX, gapMs: [0, 0] };
  return { first, breathEvery: 4 + ((nth * 7) % 33) };
}

async function run(options: Options): Promise<Measured> {
  const started: { stop(): Promise<void> }[] = [];
  try {
    const emulator = await startEmulatorProcess([
      `--time-scale=${TIME_SCALE}`,
      `--monologue-ms-max=${MONOLOGUE_MS}`,
    ]);
    started.unshift(emulator);
    const server = await startServerProcess({
      EARSHOT_RECOGNIZER: 'google',
      EARSHOT_GOOGLE_ENDPOINT: emulator.endpoint,
      EARSHOT_GOOGLE_API: options.api,
      EARSHOT_ROTATE_SOFT_MS: String(ROTATE.softMs),
      EARSHOT_ROTATE_HARD_MS: String(ROTATE.hardMs),
    });
    started.unshift(server);
    return await measure(options, emulator, server);
  } finally {
    for (const child of started) await child.stop();
  }
}

async function measure(
  options: Options,
  emulator: EmulatorProcess,
  server: ServerProcess,
): Promise<Measured> {
  const { sessions, seconds, seed } = options;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const [fromMs, fromWaitMs] = [performance.now(), await coreWaitMs()];
  const talks = await Promise.all(
    Array.from({ length: sessions }, (_, n): Promise<Talk> => {
      const ms = seconds * 1000;
      const waitMs = (n * STARTS_MS) / sessions;
      return talk({ url: server.url, seed: seed * WORDS_MAX + n, manner: mannerOf(n), waitMs, ms });
    }),
  );
  delay.disable();
  const waitShare = ((await coreWaitMs()) - fromWaitMs) / (performance.now() - fromMs);
  const untilMs = performance.now() + END_MS_MAX;
  let report = await emulator.report();
  const isOver = (): boolean => report.open.length === 0 && emulator.ended.length === report.starts;
  while (!isOver() && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    report = await emulator.report();
  }
  const figures = figuresOf({ talks, ended: emulator.ended, report, rule: RULE });
  const delayP99Ms = (delay.percentile(99) - 1e7) / 1e6;
  const noise = { delayP99Ms, waitShare: Number.isNaN(waitShare) ? undefined : waitShare };
  return { figures, noise };
}

function ms(value: number | undefined): string {
  return value === undefined ? '-' : `${Math.round(value)}`;
}

function sideLine(side: SideFigures): string {
  const { lateMs, extraMs, sinceWordMs } = side;
  const pairs = [lateMs, extraMs, sinceWordMs].map(({ p50, p99 }) =>
    `${ms(p50)} / ${ms(p99)}`.padStart(17),
  );
  return `  ${side.side.padEnd(20)}${String(side.finals).padStart(7)}${pairs.join('')}\n`;
}

function textOf(options: Options, figures: Figures, noise: Noise): string {
  const { rotations, spokenSeconds, heardSeconds, billedSeconds } = figures;
  const s = (seconds: number): string => `${seconds.toFixed(0)} s`;
  return [
    `${figures.sessions} sessions, ${options.seconds} s each, Google ${options.api}, streams of 10 s\n`,
    `  words spoken ${figures.spoken}: lost ${figures.lost}, doubled ${figures.doubled}, `,
    `swapped ${figures.swapped}, never spoken ${figures.strange}; gaps ${figures.gaps}\n`,
    `  streams ${figures.streams}, at most ${figures.openMax} at once, ${figures.leftOpen} left open; `,
    `ends ${JSON.stringify(figures.ends)}\n`,
    `  rotations in a pause ${rotations.pause}, in speech ${rotations.speech}`,
    ` (both hear ${ms(figures.overlapP50Ms)} ms, median), after a failure ${rotations.failure}\n`,
    `  audio spoken ${s(spokenSeconds)}, heard ${s(heardSeconds)}, billed ${s(billedSeconds)}\n`,
    `  event-loop delay of the clients, p99 ${noise.delayP99Ms.toFixed(1)} ms; somebody waited for a core `,
    noise.waitShare === undefined
      ? '-\n\n'
      : `${Math.round(noise.waitShare * 100)} % of the time\n\n`,
    '  finals, p50 / p99 in ms   finals  after being due     beyond usual  after last word\n',
    ...figures.sides.map(sideLine),
    '\n',
    ...[...new Set(figures.unfinished)].map(
      (problem) => `  a session had no summary: ${problem}\n`,
    ),
    ...targetsOf(figures).map(targetLine),
  ].join('');
}

async function bench(): Promise<boolean> {
  const options = readOptions();
  const { figures, noise } = await run(options);
  const targets = targetsOf(figures);
  process.stdout.write(textOf(options, figures, noise));
  const { json, ...asked } = options;
  if (json !== undefined) {
    const machine = { node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model };
    const all = { machine, noise, options: asked, rotate: ROTATE, rule: RULE, figures, targets };
    await writeFile(json, `${JSON.stringify(all, undefined, 2)}\n`);
  }
  return targets.every(({ holds }) => holds);
}

// Children end with this process, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  process.exitCode = (await bench()) ? 0 : 1;
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
