/**
 * Panel: what a dashboard shows, as data, and Grafana's form of it.
 */

import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Numbers } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Lines } from '@grafana/grafana-foundation-sdk/timeseries';

interface Chart {
  readonly title: string;
  /** A sentence: what it shows, and what is good. */
  readonly what: string;
  /** As Grafana calls it. */
  readonly unit: 's' | 'short' | 'bytes' | 'percentunit' | 'cps' | 'none';
  /** What a line is called, and its query; with `{{label}}` one line for each value. */
  readonly lines: { readonly [legend: string]: string };
  readonly form?: 'lines' | 'stacked' | 'number';
  /** A line across: what is promised, or where something is done. */
  readonly objective?: number;
}

interface Row {
  readonly title: string;
  readonly charts: readonly Chart[];
}

export interface Board {
  /** Of its file and its address. */
  readonly name: string;
  readonly title: string;
  readonly what: string;
  readonly rows: readonly Row[];
}

const HEIGHT = 8;
const WIDTH = { lines: 8, stacked: 8, number: 3 } as const;
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
const SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** Grafana's form of a board; panels have numbers of their own, in order. */
export function dashboardOf(board: Board): Dashboard {
  const builder = new DashboardBuilder(`Earshot: ${board.title}`)
    .uid(`earshot-${board.name}`)
    .description(board.what)
    .tags(['earshot'])
    .readonly()
    .refresh('10s')
    .time({ from: 'now-1h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(
      new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
    )
    .withVariable(
      new QueryVariableBuilder('job')
        .label('Job')
        .datasource(SOURCE)
        .query('label_values(earshot_workers, job)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue('.+'),
    );
  for (const { title, charts } of board.rows) {
    builder.withRow(new RowBuilder(title));
    for (const chart of charts) builder.withPanel({ build: () => panelOf(chart) });
  }
  const dashboard = builder.build();
  return {
    ...dashboard,
    panels: dashboard.panels?.map((panel, at) => ({ ...panel, id: at + 1 })) ?? [],
  };
}

function panelOf(chart: Chart): Panel {
  const { title, what, unit, lines, form = 'lines' } = chart;
  const panel = form === 'number' ? new Numbers() : linesOf(chart);
  panel.title(title).description(what).datasource(SOURCE).unit(unit).min(0);
  panel.height(HEIGHT).span(WIDTH[form]);
  for (const [at, [legend, expr]] of Object.entries(lines).entries()) {
    const refId = String.fromCharCode('A'.charCodeAt(0) + at);
    const query = new DataqueryBuilder().refId(refId).expr(expr).legendFormat(legend).range();
    panel.withTarget(query.datasource(SOURCE));
  }
  return panel.build();
}

function linesOf({ form, objective }: Chart): Lines {
  const legend = new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true);
  const tooltip = new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi);
  const panel = new Lines()
    .legend(legend)
    .tooltip(tooltip)
    .fillOpacity(form === 'stacked' ? 40 : 8);
  if (form === 'stacked') {
    panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  }
  if (objective === undefined) return panel;
  const steps = [
    { value: null, color: 'transparent' },
    { value: objective, color: 'red' },
  ];
  return panel
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));
}
