/**
 * Queries: every query of the dashboards and rules, and what one is made of.
 */
import { parser } from '@prometheus-io/lezer-promql';
import { ALERTS } from '../../grafana/src/alerts.ts';
import { BOARDS } from '../../grafana/src/boards.ts';
import { RECORDS } from '../../grafana/src/objectives.ts';
import { dashboardOf } from '../../grafana/src/panel.ts';

export interface Query {
  /** Where it stands. */
  readonly of: string;
  readonly expr: string;
}

/** Of the panels, as they stand in the dashboards. */
export function panelQueries(): Query[] {
  return BOARDS.flatMap((board) =>
    (dashboardOf(board).panels ?? []).flatMap((panel) =>
      ('targets' in panel ? (panel.targets ?? []) : []).map((target) => {
        const { expr, refId } = target as { expr?: string; refId?: string };
        return { of: `${board.title}: ${panel.title ?? ''} ${refId ?? ''}`, expr: expr ?? '' };
      }),
    ),
  );
}

export function ruleQueries(): Query[] {
  return [
    ...RECORDS.map(({ record, expr }) => ({ of: record, expr })),
    ...ALERTS.map(({ name, expr }) => ({ of: name, expr })),
  ];
}

/** As Grafana sends it, for every job. */
export function filledIn({ expr }: Query, interval: string): string {
  return expr.replaceAll('$__rate_interval', interval).replaceAll('$job', '.+');
}

export interface Parts {
  /** Where it makes no sense; empty when it does. */
  readonly errors: readonly string[];
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

export function partsOf(expr: string): Parts {
  const parts = { errors: [] as string[], metrics: [] as string[], labels: [] as string[] };
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      const text = expr.slice(from, to);
      if (type.isError) parts.errors.push(`${from}: ${expr}`);
      else if (type.name === 'Identifier') parts.metrics.push(text);
      else if (type.name === 'LabelName') parts.labels.push(text);
    },
  });
  return parts;
}
