/**
 * Simulate: sessions in virtual time under random faults, a seed each.
 *
 *   npm run simulate -- [--seeds 100] [--from 1] [--minutes 20]
 *
 * Prints what happened, and every seed that went wrong; such a seed repeats by --from SEED --seeds 1.
 */
import { parseArgs } from 'node:util';
import { runSeed } from '../test/simulation/seed.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '20' },
  },
});
const from = Number(values.from);
const totals = { sessions: 0, words: 0, gaps: 0, streams: 0, failed: 0 };
const closes: Record<string, number> = {};
const faults: Record<string, number> = {};
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  const outcome = await runSeed(seed, Number(values.minutes));
  totals.sessions += outcome.sessions;
  totals.words += outcome.words;
  totals.gaps += outcome.gaps;
  totals.streams += outcome.streams;
  add(closes, outcome.closes);
  add(faults, outcome.faults);
  if (outcome.wrong.length === 0) continue;
  totals.failed += 1;
  process.stdout.write(`seed ${seed} went wrong:\n  ${outcome.wrong.join('\n  ')}\n`);
}
process.stdout.write(
  `${values.seeds} seeds of ${values.minutes} minutes: ${JSON.stringify(totals)}\n` +
    `ends of sessions: ${JSON.stringify(closes)}\nfaults: ${JSON.stringify(faults)}\n`,
);
process.exitCode = totals.failed === 0 ? 0 : 1;

function add(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + count;
}
