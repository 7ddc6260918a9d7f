/**
 * HTTP: what do a probe, a scrape and a refusal cost, beside a session that is let in?
 */
import autocannon from 'autocannon';
import type { RunningArm } from './arms.ts';
import { earshot } from './arms.ts';
import type { Bench, Effort, Outcome } from './bench.ts';
import { Rows } from './bench.ts';
import { load } from './load.ts';
import { cpuUsOf } from './usage.ts';

const SECONDS = 4;
const CONNECTIONS = 10;
const SPEAKING = 500;
const ACCEPTED = 1_000;
const WAIT_MS = 3_000;
const CALM_MS = 2_000;
const UPGRADE = {
  upgrade: 'websocket',
  connection: 'upgrade',
  'sec-websocket-key': Buffer.alloc(16, 7).toString('base64'),
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'earshot.v1',
};
const IDLE = {
  form: 'binary',
  frameBytes: 0,
  frameMs: 100,
  pace: 'due',
  isWeighed: false,
} as const;

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function cpuUs({ pids }: RunningArm): number {
  return pids.reduce((sum, pid) => sum + cpuUsOf(pid), 0);
}

async function withServer<T>(
  settings: Readonly<Record<string, string>>,
  use: (server: RunningArm) => Promise<T>,
): Promise<T> {
  const server = await earshot('null', 'Earshot', '', settings).start();
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

/** As fast as it answers; what the server spends without requests, in a microsecond, is taken off. */
async function fire(
  server: RunningArm,
  url: string,
  headers = {},
  spentWithout = 0,
): Promise<Record<string, number>> {
  const [fromUs, fromMs] = [cpuUs(server), performance.now()];
  const shot = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS, headers });
  const count = shot.requests.total;
  const spentUs = cpuUs(server) - fromUs - spentWithout * (performance.now() - fromMs) * 1000;
  return {
    'CPU µs each': spentUs / count,
    'a second': count / SECONDS,
    'p99 ms': shot.latency.p99,
  };
}

/** `/metrics` while sessions speak. */
async function scrape(server: RunningArm): Promise<Record<string, number>> {
  const measureMs = WAIT_MS + CALM_MS + SECONDS * 1000 + WAIT_MS;
  const steps = [{ sessions: SPEAKING, warmMs: 0, measureMs }];
  const speaking = load({ ...IDLE, frameBytes: 3_200, steps }, server);
  await wait(WAIT_MS);
  const [fromUs, fromMs] = [cpuUs(server), performance.now()];
  await wait(CALM_MS);
  const spentWithout = (cpuUs(server) - fromUs) / ((performance.now() - fromMs) * 1000);
  const figures = await fire(server, `${server.adminUrl}/metrics`, {}, spentWithout);
  await speaking;
  return figures;
}

/** A session that comes, is told that it may speak, says nothing, finishes, and is gone. */
async function accept(server: RunningArm): Promise<Record<string, number>> {
  const before = cpuUs(server);
  await load({ ...IDLE, steps: [{ sessions: ACCEPTED, warmMs: 0, measureMs: 0 }] }, server);
  return { 'CPU µs each': (cpuUs(server) - before) / ACCEPTED };
}

/** There is room for one, and it is there. */
async function refuse(server: RunningArm): Promise<Record<string, number>> {
  const { host, port, path } = server.address;
  const steps = [{ sessions: 1, warmMs: 0, measureMs: WAIT_MS + SECONDS * 1000 + WAIT_MS }];
  const holding = load({ ...IDLE, steps }, server);
  await wait(WAIT_MS);
  const figures = await fire(server, `http://${host}:${port}${path}`, UPGRADE);
  await holding;
  return figures;
}

async function http({ rounds }: Effort): Promise<Outcome> {
  const rows = new Rows();
  for (let round = 0; round < rounds; round++) {
    await withServer({}, async (server) => {
      rows.add('/readyz', await fire(server, `${server.adminUrl}/readyz`));
      rows.add('a session let in, empty', await accept(server));
      rows.add(`/metrics, while ${SPEAKING} sessions speak`, await scrape(server));
    });
    const full = { EARSHOT_SESSIONS_MAX: '1' };
    await withServer(full, async (server) => {
      rows.add('an upgrade refused: 503', await refuse(server));
    });
  }
  const columns = ['CPU µs each', 'a second', 'p99 ms'].map((name) => [name, 0] as const);
  return { columns, rows: rows.rows, targets: [], notes: [] };
}

export const HTTP: Bench = {
  name: 'http',
  question: 'what do a probe, a scrape and a refusal cost, beside a session that is let in?',
  isNeeded: false,
  run: http,
};
