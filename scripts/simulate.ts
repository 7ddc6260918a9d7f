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
const totals = { words: 0, streams: 0, gaps: 0, failed: 0 };
const ends: Record<string, number> = {};
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  const outcome = await runSeed(seed, Number(values.minutes));
  totals.words += outcome.words;
  totals.streams += outcome.streams;
  totals.gaps += outcome.gaps;
  for (const [code, count] of Object.entries(outcome.ends)) ends[code] = (ends[code] ?? 0) + count;
  if (outcome.wrong.length === 0) continue;
  totals.failed += 1;
  process.stdout.write(`seed ${seed} went wrong:\n  ${outcome.wrong.join('\n  ')}\n`);
}
const { words, streams, gaps, failed } = totals;
process.stdout.write(
  `${values.seeds} seeds of ${values.minutes} minutes: ${words} words, ${streams} streams, ${gaps} gaps\n`,
);
process.stdout.write(`ends of streams: ${JSON.stringify(ends)}\n`);
process.stdout.write(`${failed} seeds went wrong\n`);
process.exitCode = failed === 0 ? 0 : 1;
