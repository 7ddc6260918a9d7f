/**
 * Sink: what stands in for Google in a bench, in a process of its own.
 */
import { fileURLToPath } from 'node:url';
import { startChild } from '../child.ts';
import { Histogram } from '../load/histogram.ts';
import type { Heard } from '../sink/hearing.ts';
import { PART_MS } from '../sink/hearing.ts';
import { CORES, pinned } from './machine.ts';

const SINK = fileURLToPath(new URL('../processes/google-sink.js', import.meta.url));

export interface RunningSink {
  readonly port: number;
  /** Once it is stopped. */
  readonly heard: Heard | undefined;
  stop(): Promise<void>;
}

export async function startSink(): Promise<RunningSink> {
  let heard: Heard | undefined;
  const child = await startChild({
    ...pinned(CORES.around, process.execPath, [SINK]),
    upBy: /^listens on/,
    onLine: (line) => {
      heard = JSON.parse(line) as Heard;
    },
  });
  return {
    port: Number(/listens on (\d+)/.exec(child.said)?.[1]),
    get heard() {
      return heard;
    },
    stop: () => child.stop(),
  };
}

/** Delays of audio that was due in [fromMs, toMs), to the length of a part. */
export function delaysBetween(heard: Heard, fromMs: number, toMs: number): Histogram {
  const all = new Histogram();
  for (const [part, data] of Object.entries(heard.delays)) {
    const startMs = Number(part) * PART_MS;
    if (startMs >= fromMs && startMs + PART_MS <= toMs) all.merge(Histogram.of(data));
  }
  return all;
}
