/**
 * Upstream: what does a chunk of 3,200 bytes cost on its way to Google, by each way of calling?
 *
 * Each way in a process of its own, before a sink in another one that answers now and then.
 * Everything on v1, plaintext, over connections of 90 streams.
 */
import { fileURLToPath } from 'node:url';
import { startChild } from '../child.ts';
import type { Cost } from '../processes/upstream-arm.ts';
import { atMost } from '../target.ts';
import type { Bench, Effort, Outcome } from './bench.ts';
import { Rows } from './bench.ts';
import { CORES, pinned } from './machine.ts';
import { startSink } from './sink.ts';

const WAYS: readonly (readonly [name: string, what: string])[] = [
  ['nothing', 'the pacing alone'],
  ['google', "Google's streamingRecognize()"],
  ['library', "driver on Google's raw call"],
  ['http2', 'driver on node:http2'],
];
const STREAMS = { needed: [1_000], full: [1_000, 2_000] } as const;
const SECONDS = 8;
const ARM = fileURLToPath(new URL('../processes/upstream-arm.js', import.meta.url));
const COLUMNS = {
  cpu: ['CPU µs a chunk', 1],
  rss: ['kB RSS a stream', 1],
  heap: ['kB heap a stream', 1],
  late: ['latest chunk ms', 0],
} as const;

async function runArm(name: string, port: number, streams: number): Promise<Cost> {
  const argv = ['--expose-gc', ARM, name, `${port}`, `${streams}`, `${SECONDS}`];
  const arm = await startChild({
    ...pinned(CORES.server, process.execPath, argv),
    upBy: /^\{/,
  });
  await arm.stop();
  return JSON.parse(arm.said) as Cost;
}

async function upstream({ rounds, isFull }: Effort): Promise<Outcome> {
  const rows = new Rows();
  let lost = 0;
  for (let round = 0; round < rounds; round++) {
    for (const streams of isFull ? STREAMS.full : STREAMS.needed) {
      for (const [name, what] of WAYS) {
        const sink = await startSink();
        const cost = await runArm(name, sink.port, streams).finally(() => sink.stop());
        if (name !== 'nothing') lost += Math.max(0, cost.bytes - (sink.heard?.bytes ?? 0));
        rows.add(`${streams.toLocaleString('en')} streams: ${what}`, {
          [COLUMNS.cpu[0]]: cost.usPerChunk,
          [COLUMNS.rss[0]]: cost.rssKbPerStream,
          [COLUMNS.heap[0]]: cost.heapKbPerStream,
          [COLUMNS.late[0]]: cost.lateMs,
        });
      }
    }
  }
  const targets = [atMost('bytes of audio lost', 0, lost)];
  return { columns: Object.values(COLUMNS), rows: rows.rows, targets, notes: [] };
}

export const UPSTREAM: Bench = {
  name: 'upstream',
  question: 'what does a chunk cost on its way to Google, by each way of calling?',
  isNeeded: false,
  run: upstream,
};
