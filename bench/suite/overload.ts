/**
 * Overload: is everybody answered, and no slot idle, when more come than can be heard?
 *
 * The crowd of bench/limits, with as many sessions as slots, twice and ten times as many. That one
 * has the targets; this one says how it grows.
 */
import { crowd } from '../limits/crowd.ts';
import { atMost } from '../target.ts';
import type { Bench, Effort, Outcome } from './bench.ts';
import { Rows } from './bench.ts';

const TIMES = [1, 2, 10] as const;
/** Of the slots of that one. */
const SCALE = 0.5;
const COLUMNS = [
  ['goodput %', 1],
  ['answer p50 ms', 0],
  ['answer p99 ms', 0],
  ['sessions heard', 0],
  ['audio transcribed s', 0],
  ['refused', 0],
] as const;

async function overload({ rounds }: Effort): Promise<Outcome> {
  const rows = new Rows();
  let amiss = 0;
  for (let round = 0; round < rounds; round++) {
    for (const times of TIMES) {
      const { figures } = await crowd(SCALE, times);
      const { goodput, answerMs, finished, refused, transcribedS, unanswered, wrong } = figures;
      rows.add(`${times} times as many sessions as slots`, {
        'goodput %': goodput === undefined ? undefined : goodput * 100,
        'answer p50 ms': answerMs.p50,
        'answer p99 ms': answerMs.p99,
        'sessions heard': finished,
        'audio transcribed s': transcribedS,
        refused,
      });
      amiss += unanswered + wrong.length;
    }
  }
  const targets = [atMost('attempts without an answer, sentences that were wrong', 0, amiss)];
  return { columns: COLUMNS, rows: rows.rows, targets, notes: [] };
}

export const OVERLOAD: Bench = {
  name: 'overload',
  question: 'is everybody answered, and no slot idle, when more come than can be heard?',
  isNeeded: false,
  run: overload,
};
