/**
 * Main: proves dashboards and rules by the real Prometheus, before the real server under a mixed load with
 * faults. Run it by `npm run test:prometheus`.
 *
 * npm runs it in the folder of package.json. It wants Debian's package prometheus.
 */
import { imbalanceOf } from '../../bench/chaos/sums.ts';
import { pause, until } from '../../bench/limits/part.ts';
import { Rig } from '../../bench/limits/rig.ts';
import type { ServerProcess } from '../../bench/server-process.ts';
import { startServerProcess } from '../../bench/server-process.ts';
import type { Query } from '../../test/grafana/queries.ts';
import { filledIn, panelQueries, ruleQueries } from '../../test/grafana/queries.ts';
import { crowd, FAULTS, speak } from './load.ts';
import { Prometheus } from './prometheus.ts';
import { checkFiles, promtool } from './promtool.ts';

const SPEAK_MS = 45_000;
/** Two scrapes and two evaluations, after the last event. */
const SEEN_MS = 12_000;
/** As Grafana makes it of a scrape every 5 s. */
const RATE_INTERVAL = '20s';
const HELD = 1_000;
const MANY = 10_000;
const SCRAPE_MS_MAX = 50;
const SCRAPES = 50;
const IDLE_MS_MAX = 60_000;
/** Sums are of floating point numbers. */
const IMBALANCE_MAX = 1e-3;

const problems: string[] = [];

function tell(what: string, found: readonly string[]): void {
  problems.push(...found);
  for (const problem of found) process.stdout.write(`  ${problem}\n`);
  process.stdout.write(`${found.length === 0 ? 'ok' : 'not ok'}: ${what}\n`);
}

/** Whether there is a number for it, at any time. */
async function emptiness(
  prometheus: Prometheus,
  query: Query,
  fromS: number,
  toS: number,
): Promise<string[]> {
  const expr = filledIn(query, RATE_INTERVAL);
  const lines = await prometheus.range(expr, fromS, toS);
  const hasData = lines.some(({ values }) => values.some(([, value]) => value !== 'NaN'));
  return hasData ? [] : [`${query.of} has no data: ${expr}`];
}

async function panels(prometheus: Prometheus, fromS: number, toS: number): Promise<void> {
  const queries = panelQueries();
  const empty: string[] = [];
  for (const query of queries) empty.push(...(await emptiness(prometheus, query, fromS, toS)));
  tell(`${queries.length} queries of panels have data`, empty);
}

async function rules(prometheus: Prometheus): Promise<void> {
  const all = await prometheus.rules();
  const broken = all
    .filter(({ health }) => health !== 'ok')
    .map(({ name, health, lastError }) => `${name} is ${health}: ${lastError ?? ''}`);
  const queries = ruleQueries();
  for (const { expr } of queries) await prometheus.now(expr);
  if (all.length !== queries.length) broken.push(`${all.length} rules, not ${queries.length}`);
  tell(`${all.length} rules are evaluated, ${queries.length} expressions too`, broken);
}

function seriesIn(metrics: string): Set<string> {
  const lines = metrics.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Set(lines.map((line) => line.slice(0, line.lastIndexOf(' '))));
}

async function balance(rig: Rig, prometheus: Prometheus): Promise<void> {
  const metrics = await rig.metrics();
  const imbalance = Math.abs(imbalanceOf(metrics));
  const [recorded = Number.NaN] = await prometheus.now(
    'max(max_over_time(earshot:ledger_imbalance:seconds[5m]))',
  );
  const wrong = [imbalance, recorded].filter((each) => !(each <= IMBALANCE_MAX));
  tell(
    `counters balance: ${imbalance} s now, ${recorded} s at most`,
    wrong.map((each) => `${each} s`),
  );
  tell(
    'promtool finds no fault with the metrics',
    [promtool(['check', 'metrics'], metrics) ?? []].flat(),
  );
}

/** The least of many counts: other work of the machine is in the others. */
async function scrape(rig: Rig): Promise<void> {
  const release = await crowd(rig.url, HELD, true);
  const tookS: number[] = [];
  for (let n = 0; n < SCRAPES; n++) {
    const fromMs = performance.now();
    await rig.metrics();
    tookS.push((performance.now() - fromMs) / 1000);
    await pause(100);
  }
  release();
  const sorted = tookS.toSorted((a, b) => a - b);
  const [leastMs = Number.NaN, medianMs] = [0, Math.floor(SCRAPES / 2)].map(
    (at) => Math.round((sorted[at] ?? Number.NaN) * 1e4) / 10,
  );
  tell(
    `a scrape takes ${leastMs} ms with ${HELD} sessions, ${medianMs} ms in the median`,
    leastMs <= SCRAPE_MS_MAX ? [] : [`more than ${SCRAPE_MS_MAX} ms`],
  );
}

async function growth(rig: Rig): Promise<void> {
  const before = seriesIn(await rig.metrics());
  await crowd(rig.url, MANY, false);
  const isIdle = async (): Promise<boolean> =>
    /^earshot_sessions\{state="open"\} 0$/m.test(await rig.metrics());
  await until(isIdle, IDLE_MS_MAX);
  const after = seriesIn(await rig.metrics());
  const added = [...after].filter((name) => !before.has(name));
  tell(`${MANY} sessions later there are ${after.size} series, as before`, added);
}

/** One with a certificate, which nobody speaks to. */
function secure(rig: Rig): Promise<ServerProcess> {
  const settings = {
    EARSHOT_GOOGLE_ENDPOINT: rig.emulator.endpoint,
    EARSHOT_WORKERS: '1',
    EARSHOT_TLS_CERT_FILE: 'test/fakes/tls/cert.pem',
    EARSHOT_TLS_KEY_FILE: 'test/fakes/tls/key.pem',
  };
  return startServerProcess(settings, { onLog: () => undefined });
}

async function prove(): Promise<void> {
  tell(
    'promtool takes the configuration, and every alert fires and rests as it should',
    checkFiles(),
  );
  const settings = { EARSHOT_SLOTS_MAX: '18', EARSHOT_WORKERS: '2' };
  await Rig.with({ settings, emulator: FAULTS, onLog: () => undefined }, async (rig) => {
    const other = await secure(rig);
    const servers = [rig.server, other].map(({ adminUrl }) => new URL(adminUrl).host);
    const prometheus = await Prometheus.start(servers);
    try {
      const fromS = Date.now() / 1000;
      await speak(rig.url, SPEAK_MS);
      await pause(SEEN_MS);
      await panels(prometheus, fromS, Date.now() / 1000);
      await rules(prometheus);
      await scrape(rig);
      await growth(rig);
      await pause(SEEN_MS);
      await balance(rig, prometheus);
    } finally {
      await prometheus.stop();
      await other.stop();
    }
  });
}

try {
  await prove();
} catch (thrown) {
  problems.push(String(thrown));
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
}
process.stdout.write(`${problems.length} problems\n`);
process.exit(problems.length === 0 ? 0 : 1);
