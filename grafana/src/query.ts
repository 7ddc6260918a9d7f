/**
 * Query: PromQL of the few forms that panels need (pure).
 *
 * Every query is of the jobs that were chosen at the top of a dashboard, over all their servers.
 */

/** A series, of those jobs, with these further matchers. */
function of(name: string, where: string): string {
  return `${name}{${['job=~"$job"', where].filter((each) => each !== '').join(', ')}}`;
}

function sumBy(labels: readonly string[], expr: string): string {
  return labels.length === 0 ? `sum(${expr})` : `sum by (${labels.join(', ')}) (${expr})`;
}

/** How much a counter rises in a second. */
export function rate(name: string, by: readonly string[] = [], where = ''): string {
  return sumBy(by, `rate(${of(name, where)}[$__rate_interval])`);
}

/** What a gauge is. */
export function now(name: string, by: readonly string[] = [], where = ''): string {
  return sumBy(by, of(name, where));
}

/** The most that it is on any server. */
export function most(name: string): string {
  return `max(${of(name, '')})`;
}

/** A part of the values of a histogram is at most that: 0..1. */
export function quantile(part: number, name: string): string {
  return `histogram_quantile(${part}, ${rate(`${name}_bucket`, ['le'])})`;
}

/** The share of a histogram's values that are within an edge of it. */
export function within(edge: string, name: string): string {
  return `${rate(`${name}_bucket`, [], `le="${edge}"`)} / ${rate(`${name}_count`)}`;
}
