/**
 * Simulate: sessions in virtual time under random faults, a seed each.
 *
 *   npm run simulate -- [--seeds 100] [--from 1] [--minutes 20]
 *   npm run simulate -- --fleet [--seeds 100] [--from 1] [--minutes 20]
 *   npm run simulate -- --day [--minutes 1440]
 *   npm run simulate -- --planted [--seeds 50] [--only TEXT]
 *
 * Prints what happened, interrupted too, and every seed that went wrong: it repeats by --from SEED --seeds 1.
 * --fleet has clients, workers and the network between them too: cuts, crashes, drains, takeovers.
 * --day is one session that speaks so long, by each version of the API, through streams of five minutes.
 * --planted breaks the code in named ways, one at a time, and looks how soon each is found; with --only,
 * those whose name holds TEXT.
 */
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import PQueue from 'p-queue';
import { runFleet } from '../test/simulation/fleet-seed.ts';
import type { Planted } from '../test/simulation/planted.ts';
import { PLANTED } from '../test/simulation/planted.ts';
import type { Outcome } from '../test/simulation/seed.ts';
import { runDay, runSeed } from '../test/simulation/seed.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    day: { type: 'boolean', default: false },
    fleet: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    /** Ends with the first seed that goes wrong. */
    once: { type: 'boolean', default: false },
  },
});

const MINUTES = Number(values.minutes ?? (values.day ? 1_440 : 20));
/** A broken program may go round in circles. */
const HUNG_MS = 900_000;
const DIST = fileURLToPath(new URL('..', import.meta.url));

type Counts = Record<string, number>;

/** What happened in all seeds, each kind by what it was. */
class Totals {
  readonly #sums = {
    all: {} as Counts,
    'ends of sessions': {} as Counts,
    'streams opened': {} as Counts,
    cuts: {} as Counts,
    faults: {} as Counts,
  };

  add({ sessions, words, gaps, degraded, wrong, closes, streams, cuts, faults }: Outcome): void {
    const failed = Math.min(1, wrong.length);
    add(this.#sums.all, { seeds: 1, sessions, words, gaps, degraded, failed });
    add(this.#sums['ends of sessions'], closes);
    add(this.#sums['streams opened'], streams);
    add(this.#sums.cuts, cuts);
    add(this.#sums.faults, faults);
  }

  print(): void {
    for (const [what, counts] of Object.entries(this.#sums)) {
      print(`${what}: ${JSON.stringify(counts)}`);
    }
  }
}

function add(sums: Counts, counts: Readonly<Counts>): void {
  for (const [what, count] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + count;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The seeds to run; none more once somebody interrupts: what happened so far is printed then. */
async function* seedsToRun(): AsyncGenerator<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupted.abort());
  const from = Number(values.from);
  for (let seed = from; seed < from + Number(values.seeds ?? 100); seed++) {
    // Virtual time leaves no room for a signal.
    await setImmediate();
    if (interrupted.signal.aborted) return;
    yield seed;
  }
}

async function simulate(): Promise<void> {
  const totals = new Totals();
  for await (const seed of seedsToRun()) {
    const outcome = await runSeed(seed, MINUTES);
    totals.add(outcome);
    if (outcome.wrong.length === 0) continue;
    process.exitCode = 1;
    print(`seed ${seed} went wrong:\n  ${outcome.wrong.join('\n  ')}`);
    if (values.once) return;
  }
  totals.print();
}

/** What a run said that went wrong; empty when nothing did. */
function sentenceOf(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: HUNG_MS }, (error, stdout, stderr) => {
      if (error === null) resolve('');
      else resolve(error.killed === true ? 'it hung' : stdout || crashOf(stderr));
    });
  });
}

/** A defect has to be a program that runs. */
function crashOf(stderr: string): string {
  if (stderr.includes('SyntaxError')) throw new Error(`a defect is no program: ${stderr}`);
  return `it crashed: ${/\w*Error.*/.exec(stderr)}`;
}

/** Whether a copy of the program with this defect is found out. */
async function isFound({ name, by, file, from, to }: Planted): Promise<boolean> {
  const copy = `${DIST}planted/${name.replaceAll(/\W+/g, '-')}`;
  rmSync(copy, { recursive: true, force: true });
  for (const part of ['src', 'test', 'scripts']) {
    cpSync(`${DIST}${part}`, `${copy}/${part}`, { recursive: true });
  }
  const path = `${copy}/src/${file}.js`;
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} has not one ${from}`);
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  const { seeds = '50' } = values;
  const which = by === undefined ? [] : [`--${by}`];
  const args = [
    `${copy}/scripts/simulate.js`,
    ...['--once', '--seeds', seeds, '--minutes', `${MINUTES}`],
    ...which,
  ];
  const said = await sentenceOf(args);
  rmSync(copy, { recursive: true, force: true });
  print(`${said === '' ? 'NOT FOUND' : 'found'}: ${name}: ${said.split('\n', 2).join('')}`);
  return said !== '';
}

async function findPlanted(): Promise<void> {
  const queue = new PQueue({ concurrency: availableParallelism() });
  const planted = PLANTED.filter(({ name }) => name.includes(values.only));
  const found = await queue.addAll(planted.map((defect) => () => isFound(defect)));
  const missed = found.filter((each) => !each).length;
  print(`${found.length - missed} of ${found.length} defects were found`);
  if (missed > 0) process.exitCode = 1;
}

async function speakAllDay(): Promise<void> {
  for (const version of ['v1', 'v2'] as const) {
    const outcome = await runDay(version, MINUTES);
    const totals = new Totals();
    totals.add(outcome);
    print(`${version}, ${MINUTES} minutes:\n  ${outcome.wrong.join('\n  ')}`);
    totals.print();
    if (outcome.wrong.length > 0) process.exitCode = 1;
  }
}

async function simulateFleet(): Promise<void> {
  const counts: Counts = {};
  for await (const seed of seedsToRun()) {
    const outcome = await runFleet(seed, MINUTES);
    add(counts, { seeds: 1, words: outcome.words, ...outcome.counts });
    if (outcome.wrong.length === 0) continue;
    process.exitCode = 1;
    add(counts, { failed: 1 });
    print(`seed ${seed} went wrong:\n  ${outcome.wrong.join('\n  ')}`);
    if (values.once) return;
  }
  print(JSON.stringify(counts));
}

if (values.planted) await findPlanted();
else if (values.day) await speakAllDay();
else if (values.fleet) await simulateFleet();
else await simulate();
