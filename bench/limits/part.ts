/**
 * Part: one limit of the server, tried out, and what came of it.
 */
import type { Target } from '../target.ts';

export interface Measured {
  readonly figures: object;
  readonly targets: readonly Target[];
}

export interface Part {
  readonly name: string;
  readonly question: string;
  /** With this share of its sessions, above 0 and up to 1. */
  run(scale: number): Promise<Measured>;
}

/** What is printed of figures: a line each, but for what is empty or not known. */
export function figureLines(figures: object): string[] {
  return Object.entries(figures).flatMap(([name, value]: [string, unknown]) => {
    const text = JSON.stringify(value, (_, each: unknown) =>
      typeof each === 'number' ? Math.round(each * 1000) / 1000 : each,
    );
    return text === undefined || text === '[]' || text === '{}' ? [] : [`${name} ${text}`];
  });
}

/** How often each was there: for what is printed. */
export function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Until `holds` says so, looked at every 100 ms; false when it doesn't within `msMax`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  msMax: number,
): Promise<boolean> {
  const endMs = performance.now() + msMax;
  while (!(await holds())) {
    if (performance.now() >= endMs) return false;
    await pause(100);
  }
  return true;
}
