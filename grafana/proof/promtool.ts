/**
 * Promtool: what Prometheus' own tool says of the configuration, the rules and the metrics.
 */
import { spawnSync } from 'node:child_process';

const FOLDER = 'grafana/prometheus';

/** What it complains of, or nothing. */
export function promtool(args: readonly string[], input = ''): string | undefined {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, {
    input,
    encoding: 'utf8',
  });
  if (error !== undefined) return `promtool ${args.join(' ')}: ${error.message}`;
  // `check metrics` finds fault with less than an exit code.
  const isFine = status === 0 && !(args.includes('metrics') && stderr.trim() !== '');
  return isFine ? undefined : `promtool ${args.join(' ')}\n${stdout}${stderr}`;
}

/** Of the files: the configuration, its rules, and of each alert a case that fires and one that doesn't. */
export function checkFiles(): string[] {
  const runs = [
    ['check', 'config', `${FOLDER}/prometheus.yml`],
    ['test', 'rules', `${FOLDER}/rules.test.yml`],
  ];
  return runs.flatMap((args) => promtool(args) ?? []);
}
