/**
 * Usage: what processes have taken of the machine, by /proc, which Linux alone has.
 */
import { readdirSync, readFileSync } from 'node:fs';

const TICK_US = 10_000;

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Processor time of all threads that there are, in microseconds; in steps of 10 ms where the kernel is no more exact. */
export function cpuUsOf(pid: number): number {
  const threads = threadsOf(pid);
  const exact = threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/schedstat`));
  if (threads.length > 0 && exact.every((text) => text !== '')) {
    return exact.reduce((sum, text) => sum + Number(text.split(' ', 1)) / 1000, 0);
  }
  const fields = textOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_US;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

export function rssKbOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
}
