/**
 * Limits: do the server's limits hold, when they are reached?
 *
 *   npm run bench:limits -- [readers] [crowd] [storm] [hang] [cycles] [--scale 1] [--json FILE]
 *
 * --scale 0.1 is a tenth of the sessions: to try it, or where the machine does no more. Without names, all of them, one after another. Each is a run of the real server, before the emulator
 * as Google, on loopback. What each asks, and how: limits/NAME.ts.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { coreWaitMs } from './core-wait.ts';
import { CROWD } from './limits/crowd.ts';
import { CYCLES_PART } from './limits/cycles.ts';
import { HANG } from './limits/hang.ts';
import type { Measured, Part } from './limits/part.ts';
import { figureLines } from './limits/part.ts';
import { READERS } from './limits/readers.ts';
import { STORM } from './limits/storm.ts';
import { targetLine } from './target.ts';

const PARTS: readonly Part[] = [READERS, CROWD, STORM, HANG, CYCLES_PART];

function partsOf(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => PARTS.every((part) => part.name !== name));
  if (unknown !== undefined) {
    const known = PARTS.map(({ name }) => name).join(', ');
    throw new RangeError(`'${unknown}' is no part, expected one of ${known}`);
  }
  return names.length === 0 ? PARTS : PARTS.filter(({ name }) => names.includes(name));
}

async function bench(): Promise<boolean> {
  const options = { json: { type: 'string' }, scale: { type: 'string', default: '1' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const scale = Number(values.scale);
  if (!(scale > 0 && scale <= 1))
    throw new RangeError(`--scale is '${values.scale}', expected above 0 and up to 1`);
  const all: Record<string, Measured & { readonly coreWaitShare: number }> = {};
  for (const { name, question, run } of partsOf(positionals)) {
    process.stdout.write(`${name}: ${question}\n`);
    const [fromMs, fromWaitMs] = [performance.now(), await coreWaitMs()];
    const measured = await run(scale);
    const coreWaitShare = ((await coreWaitMs()) - fromWaitMs) / (performance.now() - fromMs);
    for (const line of figureLines(measured.figures)) process.stdout.write(`  ${line}\n`);
    for (const target of measured.targets) process.stdout.write(targetLine(target));
    const percent = Number.isNaN(coreWaitShare) ? '-' : `${Math.round(coreWaitShare * 100)} %`;
    process.stdout.write(`  somebody waited for a core ${percent} of the time\n\n`);
    all[name] = { ...measured, coreWaitShare };
  }
  if (values.json !== undefined) {
    const machine = { node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model };
    await writeFile(
      values.json,
      `${JSON.stringify({ machine, scale, parts: all }, undefined, 2)}\n`,
    );
  }
  return Object.values(all).every(({ targets }) => targets.every(({ holds }) => holds));
}

// Children end with this process, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  // A phone that has not finished goes on trying.
  process.exit((await bench()) ? 0 : 1);
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exit(1);
}
