/**
 * Target: a bound that a bench holds a figure to (pure).
 */

/** A figure that could not be measured holds none. */
export interface Target {
  readonly what: string;
  readonly least?: number;
  readonly most?: number;
  readonly value: number | undefined;
  readonly holds: boolean;
}

export function atMost(what: string, most: number, value: number | undefined): Target {
  return { what, most, value, holds: value !== undefined && value <= most };
}

export function atLeast(what: string, least: number, value: number | undefined): Target {
  return { what, least, value, holds: value !== undefined && value >= least };
}

/** A line of what a bench prints. */
export function targetLine({ what, least, most, value, holds }: Target): string {
  const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
  const figure = value === undefined ? 'not measured' : Math.round(value * 10) / 10;
  return `  ${holds ? 'holds' : 'FAILS'}  ${what}: ${figure}, ${bound}\n`;
}
