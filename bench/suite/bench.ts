/**
 * Bench: one question about speed, and what came of it; and how that is printed (pure).
 */
import { quantile } from '../quantile.ts';
import type { Target } from '../target.ts';

export interface Effort {
  /** How often everything is measured, in turns. */
  readonly rounds: number;
  /** All rows, and not only those that the targets need. */
  readonly isFull: boolean;
}

export interface Row {
  readonly what: string;
  /** Figures by their column, one a round. */
  readonly cells: Readonly<Record<string, readonly number[]>>;
}

export interface Outcome {
  /** In their order, with the digits that are shown. */
  readonly columns: readonly (readonly [name: string, digits: number])[];
  readonly rows: readonly Row[];
  readonly targets: readonly Target[];
  /** Sentences: what was left out, and what was the limit when it wasn't the server. */
  readonly notes: readonly string[];
}

export interface Bench {
  readonly name: string;
  readonly question: string;
  /** Whether it runs where none is named. */
  readonly isNeeded: boolean;
  run(effort: Effort): Promise<Outcome>;
}

export function median(values: readonly number[] | undefined): number | undefined {
  return values === undefined ? undefined : quantile(values, 0.5);
}

/** Of medians; undefined where one of them is missing. */
export function ratioOf(
  of: readonly number[] | undefined,
  to: readonly number[] | undefined,
): number | undefined {
  const [above, below] = [median(of), median(to)];
  return above === undefined || below === undefined || below === 0 ? undefined : above / below;
}

/** `12.3 (11.9..12.8)` */
function spread(values: readonly number[] | undefined, digits: number): string {
  const middle = median(values);
  if (values === undefined || middle === undefined) return '-';
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const range = values.length === 1 ? '' : ` (${least.toFixed(digits)}..${most.toFixed(digits)})`;
  return `${middle.toFixed(digits)}${range}`;
}

/** The outcome as a table of Markdown. */
export function tableOf({ columns, rows }: Outcome): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns.map(([name]) => name)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map(({ what, cells }) =>
      line([what, ...columns.map(([name, digits]) => spread(cells[name], digits))]),
    ),
  ];
}

/** Gathers figures, round after round, into rows. */
export class Rows {
  readonly #rows = new Map<string, Record<string, number[]>>();

  add(what: string, cells: Readonly<Record<string, number | undefined>>): void {
    const row = this.#rows.get(what) ?? {};
    this.#rows.set(what, row);
    for (const [name, value] of Object.entries(cells)) {
      if (value === undefined) continue;
      row[name] = [...(row[name] ?? []), value];
    }
  }

  figures(what: string, column: string): readonly number[] | undefined {
    return this.#rows.get(what)?.[column];
  }

  get rows(): Row[] {
    return Array.from(this.#rows, ([what, cells]) => ({ what, cells }));
  }
}
