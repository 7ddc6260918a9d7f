import { describe, expect, it } from 'vitest';
import { BOARDS, UNSHOWN } from '../../grafana/src/boards.ts';
import { RECORDS } from '../../grafana/src/objectives.ts';
import { SERIES } from '../../src/metrics.ts';
import { filledIn, panelQueries, partsOf, ruleQueries } from './queries.ts';

/** What Prometheus itself adds. */
const ITS_OWN = ['up', 'scrape_duration_seconds'];
const ITS_LABELS = ['job', 'instance', 'le'];

/** By the names that are queried: of a histogram there are three. */
function seriesByName(): Map<string, string> {
  const names = SERIES.flatMap(({ name, type }): [string, string][] => {
    const ends = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    return ends.map((end) => [`${name}${end}`, name]);
  });
  return new Map(names);
}

const ALL = [...panelQueries(), ...ruleQueries()].map(
  (query) => [query.of, partsOf(filledIn(query, '1m'))] as const,
);

describe('Every query', () => {
  it.each(ALL)('parses: %s', (_, { errors, metrics }) => {
    expect(errors).toEqual([]);
    expect(metrics.length).toBeGreaterThan(0);
  });

  it('names only series, records and labels that exist', () => {
    const records = RECORDS.map(({ record }) => record);
    const known = [...seriesByName().keys(), ...records, ...ITS_OWN];
    const labels = [...SERIES.flatMap((row) => Object.keys(row.labels ?? {})), ...ITS_LABELS];
    const unknown = ALL.flatMap(([of, parts]) => [
      ...parts.metrics.filter((name) => !known.includes(name)).map((name) => `${of}: ${name}`),
      ...parts.labels.filter((name) => !labels.includes(name)).map((name) => `${of}: ${name}`),
    ]);
    expect(unknown).toEqual([]);
  });

  it('is found out where it is none, or names what is not there', () => {
    expect(partsOf('sum(rate(a[5m])').errors).not.toEqual([]);
    expect(partsOf('sum by (b) (rate(a_total{c="d"}[5m]))')).toEqual({
      errors: [],
      metrics: ['a_total'],
      labels: ['b', 'c'],
    });
  });
});

describe('Every series', () => {
  it('is on a panel, or on the list that says why not', () => {
    const byName = seriesByName();
    const panels = panelQueries().flatMap((query) => partsOf(filledIn(query, '1m')).metrics);
    const shown = new Set(panels.map((name) => byName.get(name)));
    // A record shows what it is made of.
    for (const { record, expr } of RECORDS) {
      if (panels.includes(record))
        for (const name of partsOf(expr).metrics) shown.add(byName.get(name));
    }
    const missing = SERIES.map(({ name }) => name).filter((name) => !shown.has(name));
    expect(missing).toEqual(Object.keys(UNSHOWN));
  });
});

describe('Every panel', () => {
  it('has a title of its own, a sentence and a query', () => {
    for (const { title: board, what, rows } of BOARDS) {
      const charts = rows.flatMap((row) => row.charts);
      expect(what, board).toMatch(/\.$/);
      expect(new Set(charts.map(({ title }) => title)).size, board).toBe(charts.length);
      for (const chart of charts) {
        expect(chart.what, chart.title).toMatch(/^[A-Z0-9].*\.$/);
        expect(Object.keys(chart.lines).length, chart.title).toBeGreaterThan(0);
      }
    }
  });

  it('goes by the rate interval that Grafana knows, and by the chosen jobs', () => {
    for (const { of, expr } of panelQueries()) {
      expect(expr, of).toContain('{job=~"$job"');
      expect(expr, of).not.toMatch(/\[\d/);
    }
  });
});
