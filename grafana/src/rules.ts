/**
 * Rules: Prometheus' form of what is recorded and alerted on, and of the cases that prove it (pure).
 */
import type { Alert, Case } from './alerts.ts';
import type { Rule } from './objectives.ts';

/** A group of rules, as a file of rules has it. */
export function rulesOf(records: readonly Rule[], alerts: readonly Alert[], book: string): object {
  const alerting = alerts.map(({ name, expr, forMin, severity, summary }) => ({
    alert: name,
    expr,
    ...(forMin > 0 && { for: `${forMin}m` }),
    labels: { severity },
    annotations: { summary, runbook_url: `${book}#${name.toLowerCase()}` },
  }));
  return {
    groups: [
      { name: 'earshot-records', rules: records },
      { name: 'earshot-alerts', rules: alerting },
    ],
  };
}

/** What `promtool test rules` reads: of each alert a case that fires and one that doesn't. */
export function testsOf(alerts: readonly Alert[], book: string): object {
  const tests = alerts.flatMap((alert) => [
    testOf(alert, 'fires', alert.fires, book),
    testOf(alert, 'rests', alert.rests, book),
  ]);
  return { rule_files: ['rules.yml'], evaluation_interval: '1m', tests };
}

function testOf(
  alert: Alert,
  how: 'fires' | 'rests',
  { series, atMin, labels }: Case,
  book: string,
): object {
  const { name, severity, summary } = alert;
  const fired = {
    exp_labels: { severity, ...labels },
    exp_annotations: {
      summary: filled(summary, labels),
      runbook_url: `${book}#${name.toLowerCase()}`,
    },
  };
  return {
    name: `${name} ${how}`,
    interval: '1m',
    input_series: Object.entries(series).map(([each, values]) => ({ series: each, values })),
    alert_rule_test: [
      { eval_time: `${atMin}m`, alertname: name, exp_alerts: how === 'fires' ? [fired] : [] },
    ],
  };
}

/** As Prometheus fills it in. */
function filled(summary: string, labels: Case['labels'] = {}): string {
  return summary.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '');
}

/** YAML of plain data: maps and lists over lines, everything else as JSON has it. */
export function yamlOf(value: unknown, indent = ''): string {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item) => `${indent}- ${yamlOf(item, `${indent}  `).trimStart()}`).join('');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
      .map(([key, item]) => `${indent}${keyOf(key)}:${under(item, indent)}`)
      .join('');
  }
  return `${indent}${JSON.stringify(value)}\n`;
}

function under(item: unknown, indent: string): string {
  const isNested = typeof item === 'object' && item !== null && Object.keys(item).length > 0;
  return isNested ? `\n${yamlOf(item, `${indent}  `)}` : ` ${yamlOf(item)}`;
}

function keyOf(key: string): string {
  return /^[a-z_]+$/.test(key) ? key : JSON.stringify(key);
}
