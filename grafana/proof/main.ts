/**
 * Main: proves the rules by Prometheus' own tools. Run it by `npm run test:prometheus`.
 *
 * npm runs it in the folder of package.json. It wants Debian's package prometheus.
 */
import { checkFiles } from './promtool.ts';

const problems = checkFiles();
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(`${problems.length} problems\n`);
process.exit(problems.length === 0 ? 0 : 1);
