/**
 * Idle: what memory does a connection take, and a session that says nothing?
 *
 * Counted between two crowds, so that what a process takes anyway is left out.
 */
import { atMost } from '../target.ts';
import type { Arm } from './arms.ts';
import { EARSHOT, guests, UWS, WS } from './arms.ts';
import type { Bench, Effort, Outcome } from './bench.ts';
import { median, Rows } from './bench.ts';
import { loadArm } from './load.ts';

const FEW = 1_000;
const MANY = { needed: 5_000, full: 10_000 } as const;
const SETTLE_MS = 1_500;
const COLUMN = 'kB a connection';
const SESSION_KB_MAX = 6;

async function kbOf(arm: Arm, many: number): Promise<number | undefined> {
  const idle = {
    form: 'binary',
    frameBytes: 0,
    frameMs: 100,
    pace: 'due',
    isWeighed: true,
  } as const;
  const steps = [FEW, many].map((sessions) => ({ sessions, warmMs: SETTLE_MS, measureMs: 100 }));
  const { steps: counted } = await loadArm(arm, { ...idle, steps });
  const [before, after] = counted;
  if (before === undefined || after === undefined) return undefined;
  return (after.rssKb - before.rssKb) / (after.sessions - before.sessions);
}

async function idle({ rounds, isFull }: Effort): Promise<Outcome> {
  const { arms: found, missing } = guests();
  const many = isFull ? MANY.full : MANY.needed;
  const rows = new Rows();
  for (let round = 0; round < rounds; round++) {
    for (const arm of [EARSHOT, UWS, WS, ...found]) {
      // Only the one that a target names is measured more than once.
      if (arm !== EARSHOT && round > 0 && !isFull) continue;
      rows.add(arm.what, { [COLUMN]: await kbOf(arm, many) });
    }
  }
  return {
    columns: [[COLUMN, 1]],
    rows: rows.rows,
    targets: [
      atMost('kB an idle session', SESSION_KB_MAX, median(rows.figures(EARSHOT.what, COLUMN))),
    ],
    notes: [
      ...missing,
      `from ${FEW} to ${many} connections, after a collection where there is one`,
    ],
  };
}

export const IDLE: Bench = {
  name: 'idle',
  question: 'what memory does a connection take, and a session that says nothing?',
  isNeeded: true,
  run: idle,
};
