/**
 * Quantile: the value that a share of all values lies below (pure).
 */

/** Of an even number the upper middle is the median; `share` is 0..1. Undefined without values. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
