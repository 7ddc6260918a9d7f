/**
 * Chaos: are words lost or doubled when real processes die, networks break and servers are deployed?
 *
 *   npm run chaos -- [--sessions 100] [--kills 100] [--seed 1] [--json FILE]
 *
 * Two servers of three workers each behind haproxy, the emulator as Google, and a network in front of
 * the phones that cuts connections or lets them hang. A worker is killed every five seconds, and twice
 * all servers are replaced one after another. What each phone was told is held against what it spoke.
 * It needs haproxy (Debian: apt-get install haproxy), and takes about 5 s for each kill.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { randomOf } from '../test/emulator/random.ts';
import { TcpProxy } from '../test/fakes/tcp-proxy.ts';
import { freePort, startBalancer } from './chaos/balancer.ts';
import { Caller, FRAME_MS } from './chaos/caller.ts';
import { Node, newKey } from './chaos/node.ts';
import type { Counts } from './chaos/trouble.ts';
import { RESTARTS_AT, Trouble } from './chaos/trouble.ts';
import { startEmulatorProcess } from './emulator-process.ts';

const NODES = ['a', 'b'] as const;
const WORKERS = 3;
/** What is left to say after the last frame, reconnects included. */
const FINISH_MS_MAX = 150_000;
/** Streams rotate too. */
const ROTATE = { EARSHOT_ROTATE_SOFT_MS: '40000', EARSHOT_ROTATE_HARD_MS: '50000' } as const;
/** Sums are of floating point numbers. */
const IMBALANCE_MAX = 1e-3;

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '100' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

interface Figures extends Counts {
  readonly sessions: number;
  readonly words: number;
  readonly hits: number;
  /** Audio that phones kept for 90 s and could keep no longer: said by them, and so not wrong. */
  readonly gaps: number;
  /** What became of connections. */
  readonly states: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
  /** All that those sessions were told, and those that had gaps. */
  readonly records: readonly object[];
  /** Streams that nobody ended, at the emulator. */
  readonly leftOpen: number;
  /** Servers that were told to go away, and ended by another way than exit code 0. */
  readonly badExits: number;
}

function countOf(name: 'sessions' | 'kills' | 'seed'): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1 && value <= 10_000) return value;
  throw new RangeError(`--${name} is '${values[name]}', expected an integer from 1 to 10000`);
}

/** The last started is stopped first, whatever happens. */
class Started {
  readonly #stops: (() => Promise<void>)[] = [];

  add<T extends object>(what: T, stop: (what: T) => Promise<void>): T {
    this.#stops.unshift(() => stop(what));
    return what;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop().catch((error: unknown) => complain(error));
  }
}

function complain(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

async function newNodes(endpoint: string, started: Started): Promise<Node[]> {
  const settings = {
    EARSHOT_RECOGNIZER: 'google',
    EARSHOT_GOOGLE_ENDPOINT: endpoint,
    EARSHOT_RESUME_KEY: newKey(),
    EARSHOT_LOG_LEVEL: 'info',
    ...ROTATE,
  };
  const nodes: Node[] = [];
  for (const name of NODES) {
    const [port, adminPort] = [await freePort(), await freePort()];
    const node = new Node({ name, port, adminPort, workers: WORKERS, settings });
    nodes.push(started.add(node, () => node.stop()));
  }
  await Promise.all(nodes.map((node) => node.start()));
  return nodes;
}

async function run(): Promise<Figures> {
  const [sessions, kills, seed] = [countOf('sessions'), countOf('kills'), countOf('seed')];
  const started = new Started();
  try {
    const emulator = started.add(await startEmulatorProcess([]), (process) => process.stop());
    const nodes = await newNodes(emulator.endpoint, started);
    const backends = nodes.map((node) => node.backend);
    const balancer = started.add(await startBalancer(backends), (process) => process.stop());
    const network = started.add(await TcpProxy.listen(balancer.port), (proxy) => proxy.close());
    const url = `ws://127.0.0.1:${network.port}/v1/stream`;
    const callers = Array.from({ length: sessions }, (_, n) => new Caller(url, seed * 10_000 + n));
    const trouble = new Trouble(nodes, network, randomOf(seed), kills);
    await speak(callers, trouble);
    const wrong = await Promise.all(callers.map((caller) => caller.finish(FINISH_MS_MAX)));
    await trouble.look();
    const report = await emulator.report();
    return {
      ...trouble.counts,
      sessions,
      words: sumOf(callers, (caller) => caller.words),
      hits: sumOf(callers, (caller) => caller.hits),
      gaps: sumOf(callers, (caller) => caller.gaps),
      states: statesOf(callers),
      wrong: wrong.flatMap((faults, n) => faults.map((fault) => `session ${n + 1}: ${fault}`)),
      records: callers
        .filter(({ gaps }, n) => gaps > 0 || wrong[n]?.length !== 0)
        .map(({ record }) => record),
      leftOpen: report.open.length,
      badExits: nodes.flatMap(({ exits }) => exits).filter(([code]) => code !== 0).length,
    };
  } finally {
    await started.stop();
  }
}

/** At the pace of speech, whatever this process is up to. */
async function speak(callers: readonly Caller[], trouble: Trouble): Promise<void> {
  const fromMs = performance.now();
  for (let sentMs = 0; !trouble.isOver; sentMs += FRAME_MS) {
    for (const caller of callers) caller.speak();
    trouble.step(performance.now() - fromMs);
    const restMs = fromMs + sentMs + FRAME_MS - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, restMs)));
  }
}

function sumOf<T>(of: readonly T[], value: (one: T) => number): number {
  return of.reduce((sum, one) => sum + value(one), 0);
}

function statesOf(callers: readonly Caller[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { states } of callers) {
    for (const state of states) {
      const name = state.state === 'resumed' ? `resumed, ${state.by}` : state.state;
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}

/** What has to hold, and whether it does. */
function targetsOf(figures: Figures): [what: string, holds: boolean][] {
  const asked = countOf('kills');
  return [
    [
      `sessions that were told something wrong: ${new Set(figures.wrong).size}, expected 0`,
      figures.wrong.length === 0,
    ],
    [`kills: ${figures.kills}, expected ${asked}`, figures.kills >= asked],
    [
      `connections lost in mid-utterance: ${figures.hits}, expected ${5 * asked}`,
      figures.hits >= 5 * asked,
    ],
    [
      `rolling restarts: ${figures.restarts}, expected ${RESTARTS_AT.length}`,
      figures.restarts === RESTARTS_AT.length,
    ],
    [`servers that did not go away by 0: ${figures.badExits}, expected 0`, figures.badExits === 0],
    [
      `audio not accounted for, in seconds: ${figures.imbalance.toFixed(6)}, in ${figures.looks} looks`,
      figures.imbalance < IMBALANCE_MAX && figures.looks > 0,
    ],
    [`streams left open: ${figures.leftOpen}, expected 0`, figures.leftOpen === 0],
  ];
}

async function main(): Promise<boolean> {
  const figures = await run();
  const { wrong, states, records, ...counts } = figures;
  process.stdout.write(`${JSON.stringify(counts)}\nconnections: ${JSON.stringify(states)}\n`);
  for (const fault of wrong) process.stdout.write(`${fault}\n`);
  const targets = targetsOf(figures);
  for (const [what, holds] of targets)
    process.stdout.write(`  ${holds ? 'holds' : 'FAILS'}  ${what}\n`);
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);
  return targets.every(([, holds]) => holds);
}

// Children end with this process, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  // A phone that has not finished goes on trying.
  process.exit((await main()) ? 0 : 1);
} catch (thrown) {
  complain(thrown);
  process.exit(1);
}
