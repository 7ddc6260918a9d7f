/**
 * Suite: what does Earshot cost, beside its peers, measured in turns on one machine?
 *
 *   npm run bench -- [NAME ...] [--full] [--rounds 3] [--json FILE] [--write]
 *
 * Without names: what the targets need. --full: every row. --json: every figure and its target.
 * --write: bench/README.md's results. The exit code is 1 when a target is missed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench } from './suite/bench.ts';
import { tableOf } from './suite/bench.ts';
import { CAPACITY } from './suite/capacity.ts';
import { END_TO_END } from './suite/end-to-end.ts';
import { HTTP } from './suite/http.ts';
import { IDLE } from './suite/idle.ts';
import { INGEST } from './suite/ingest.ts';
import { machine } from './suite/machine.ts';
import { OVERLOAD } from './suite/overload.ts';
import { QUEUE } from './suite/queue.ts';
import type { Reported } from './suite/report.ts';
import { withSection } from './suite/report.ts';
import { UPSTREAM } from './suite/upstream.ts';
import { targetLine } from './target.ts';

const README = new URL('../../bench/README.md', import.meta.url);

const BENCHES: readonly Bench[] = [
  INGEST,
  IDLE,
  UPSTREAM,
  END_TO_END,
  CAPACITY,
  OVERLOAD,
  HTTP,
  QUEUE,
];

function benchesOf(names: readonly string[], isFull: boolean): readonly Bench[] {
  const unknown = names.find((name) => BENCHES.every((bench) => bench.name !== name));
  if (unknown !== undefined) {
    const known = BENCHES.map(({ name }) => name).join(', ');
    throw new RangeError(`'${unknown}' is no bench, expected one of ${known}`);
  }
  if (names.length > 0) return BENCHES.filter(({ name }) => names.includes(name));
  return isFull ? BENCHES : BENCHES.filter(({ isNeeded }) => isNeeded);
}

function wholeOf(name: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new RangeError(`--${name} is '${text}', expected an integer from 1 to ${max}`);
}

async function suite(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const effort = { rounds: wholeOf('rounds', values.rounds, 20), isFull: values.full };
  const benches = benchesOf(positionals, values.full);
  const about = machine();
  process.stdout.write(
    `${Object.entries(about)
      .map(([name, value]) => `${name} ${value}`)
      .join('; ')}\n${effort.rounds} rounds; median (least..most)\n`,
  );
  const all: Reported[] = [];
  for (const { name, question, run } of benches) {
    process.stdout.write(`\n${name}: ${question}\n`);
    const [fromMs, before] = [performance.now(), loadNow()];
    const outcome = await run(effort);
    const seconds = Math.round((performance.now() - fromMs) / 1000);
    const loads = [before, loadNow()] as const;
    all.push({ ...outcome, name, question, ...effort, seconds, loads, machine: about });
    for (const line of tableOf(outcome)) process.stdout.write(`  ${line}\n`);
    for (const target of outcome.targets) process.stdout.write(targetLine(target));
    for (const note of outcome.notes) process.stdout.write(`  ${note}\n`);
    process.stdout.write(`  took ${seconds} s; load ${loads.join(' before, ')} after\n`);
  }
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify({ benches: all }, undefined, 2)}\n`);
  }
  if (values.write) {
    const readme = await readFile(README, 'utf8');
    await writeFile(README, all.reduce(withSection, readme));
  }
  return all.every(({ targets }) => targets.every(({ holds }) => holds));
}

function loadNow(): number {
  return Number(loadavg()[0]?.toFixed(2));
}

// Children end with this process, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  process.exit((await suite()) ? 0 : 1);
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  process.exit(1);
}
