/**
 * Upstream: what does a chunk of 3,200 bytes cost on its way to Google, by each way of calling?
 *
 *   npm run bench:upstream -- [--streams 1000] [--seconds 10] [--rounds 3]
 *
 * Each way in a process of its own, one after another in each round, before a sink in another process
 * that answers an interim a second. Everything on v1, plaintext, over connections of 90 streams.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startChild } from './child.ts';
import { quantile } from './quantile.ts';
import type { Cost } from './upstream-arm.ts';

const WAYS: readonly (readonly [name: string, what: string])[] = [
  ['nothing', 'the pacing alone'],
  ['google', "Google's streamingRecognize()"],
  ['library', "driver on Google's raw call"],
  ['http2', 'driver on node:http2'],
];

const ARM = fileURLToPath(new URL('./upstream-arm.js', import.meta.url));
const SINK = fileURLToPath(new URL('./upstream-sink.js', import.meta.url));
const CHUNK_BYTES = 3_200;

interface Options {
  readonly streams: number;
  readonly seconds: number;
  readonly rounds: number;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      streams: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const whole = (name: keyof Options, max: number): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 1 && value <= max) return value;
    throw new RangeError(`--${name} is '${values[name]}', expected an integer from 1 to ${max}`);
  };
  // One run must be over within the minute that a child may take to come up.
  return {
    streams: whole('streams', 10_000),
    seconds: whole('seconds', 30),
    rounds: whole('rounds', 20),
  };
}

interface Sunk {
  readonly bytes: number;
  readonly cpuMs: number;
}

async function runArm(name: string, { streams, seconds }: Options): Promise<[Cost, Sunk]> {
  let sunk: Sunk = { bytes: 0, cpuMs: 0 };
  const sink = await startChild({
    argv: [SINK],
    upBy: /^listens on/,
    onLine: (line) => {
      sunk = JSON.parse(line) as Sunk;
    },
  });
  const port = /listens on (\d+)/.exec(sink.said)?.[1] ?? '';
  const arm = await startChild({
    argv: ['--expose-gc', ARM, name, port, String(streams), String(seconds)],
    upBy: /^\{/,
  }).finally(() => sink.stop());
  await arm.stop();
  return [JSON.parse(arm.said) as Cost, sunk];
}

function versionOf(name: string): string {
  const path = fileURLToPath(import.meta.resolve(name)).replace(
    /(\/node_modules\/.*?)\/build\/.*/,
    '$1',
  );
  return (JSON.parse(readFileSync(`${path}/package.json`, 'utf8')) as { version: string }).version;
}

function spread(values: readonly number[], digits = 1): string {
  const [low, mid, high] = [0, 0.5, 1].map((share) => quantile(values, share) ?? Number.NaN);
  const text = [low, mid, high].map((value) => (value ?? Number.NaN).toFixed(digits));
  return `${text[1]} (${text[0]}..${text[2]})`;
}

function line(what: string, costs: readonly Cost[]): string {
  const column = (pick: (cost: Cost) => number, digits?: number): string =>
    spread(costs.map(pick), digits).padStart(22);
  return [
    `  ${what.padEnd(31)}`,
    column(({ usPerChunk }) => usPerChunk),
    column(({ procUsPerChunk }) => procUsPerChunk),
    column(({ rssKbPerStream }) => rssKbPerStream),
    column(({ heapKbPerStream }) => heapKbPerStream),
    column(({ lateMs }) => lateMs, 0),
    '\n',
  ].join('');
}

async function bench(): Promise<boolean> {
  const options = readOptions();
  const { streams, seconds, rounds } = options;
  process.stdout.write(
    [
      `node ${process.versions.node}, @google-cloud/speech ${versionOf('@google-cloud/speech')}, `,
      `@grpc/grpc-js ${versionOf('@grpc/grpc-js')}; ${availableParallelism()} cores, `,
      `${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1)}\n`,
      `${streams} streams, ${seconds} s each run, ${rounds} rounds; median (least..most)\n`,
    ].join(''),
  );
  const costs = new Map(WAYS.map(([name]) => [name, [] as Cost[]]));
  let lost = 0;
  let sinkUs = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [name] of WAYS) {
      const [cost, sunk] = await runArm(name, options);
      costs.get(name)?.push(cost);
      if (name === 'nothing') continue;
      lost += Math.max(0, cost.bytes - sunk.bytes);
      sinkUs = Math.max(sinkUs, (sunk.cpuMs * 1000 * CHUNK_BYTES) / sunk.bytes);
    }
  }
  process.stdout.write(
    `\n  ${''.padEnd(31)}${['CPU us a chunk', 'by /proc', 'kB RSS a stream', 'kB heap a stream', 'latest chunk ms'].map((text) => text.padStart(22)).join('')}\n`,
  );
  for (const [name, what] of WAYS) process.stdout.write(line(what, costs.get(name) ?? []));
  process.stdout.write(
    `\n  bytes of audio lost: ${lost}; the sink took at most ${sinkUs.toFixed(1)} us a chunk; load now ${loadavg()[0]?.toFixed(1)}\n`,
  );
  return lost === 0;
}

// Children end with this process, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  process.exitCode = (await bench()) ? 0 : 1;
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
