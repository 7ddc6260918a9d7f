/**
 * Queue: what does it cost that ten thousand wait for a slot, and what would p-queue alone?
 */
import { fileURLToPath } from 'node:url';
import { startChild } from '../child.ts';
import type { Queued } from '../processes/queue-arm.ts';
import type { Bench, Effort, Outcome } from './bench.ts';
import { Rows } from './bench.ts';
import { CORES, pinned } from './machine.ts';

const ARM = fileURLToPath(new URL('../processes/queue-arm.js', import.meta.url));
const ARMS = [
  ['slots', 'slots.ts: fair among fleets, places told, waits bounded'],
  ['p-queue', 'p-queue alone'],
] as const;
const WAITING = { needed: [10_000], full: [1_000, 10_000, 50_000] } as const;
const COLUMNS = { enter: 'µs to enter', pass: 'µs to pass', kb: 'kB each' } as const;

async function runArm(name: string, waiting: number): Promise<Queued> {
  const argv = ['--expose-gc', ARM, name, `${waiting}`];
  const child = await startChild({
    ...pinned(CORES.server, process.execPath, argv),
    upBy: /^\{/,
  });
  await child.ended;
  return JSON.parse(child.said) as Queued;
}

async function queue({ rounds, isFull }: Effort): Promise<Outcome> {
  const rows = new Rows();
  for (let round = 0; round < rounds; round++) {
    for (const waiting of isFull ? WAITING.full : WAITING.needed) {
      for (const [name, what] of ARMS) {
        const { enterUs, passUs, kbEach } = await runArm(name, waiting);
        const { enter, pass, kb } = COLUMNS;
        const row = `${waiting.toLocaleString('en')} waiting: ${what}`;
        rows.add(row, { [enter]: enterUs, [pass]: passUs, [kb]: kbEach });
      }
    }
  }
  const columns = Object.values(COLUMNS).map((name) => [name, 1] as const);
  return { columns, rows: rows.rows, targets: [], notes: [] };
}

export const QUEUE: Bench = {
  name: 'queue',
  question: 'what does it cost that 10,000 wait for a slot?',
  isNeeded: true,
  run: queue,
};
