/**
 * Path: a server with a sink behind it, loaded in steps: what became of frames and results.
 */
import { fileURLToPath } from 'node:url';
import { startChild } from '../child.ts';
import type { Stepped } from '../load/plan.ts';
import type { Arm } from './arms.ts';
import type { PlanOfArm } from './load.ts';
import { busyOf, isLoadLimit, loadArm } from './load.ts';
import { delaysBetween, startSink } from './sink.ts';

const CONTROL = fileURLToPath(new URL('../processes/control.js', import.meta.url));

/** A peer counts only at a load that it holds: one that has too much to do is cheap a frame, as it does much at once. */
export const HELD_LAG_MS_MAX = 1_000;
const HELD_BUSY_MAX = 0.9;

export interface Passed {
  readonly stepped: Stepped;
  readonly cpuUs: number;
  readonly busy: number;
  /** Of those that this step added; so what a process takes anyway is left out where another step came before. */
  readonly kbPerSession: number;
  /** Frame-in to chunk-out, from when it was due. */
  readonly lagP50Ms: number | undefined;
  readonly lagP99Ms: number | undefined;
  readonly isLoadLimit: boolean;
}

export interface Path {
  readonly steps: readonly Passed[];
  /** Of the loop of a process that does nothing, in the same run. */
  readonly controlP99Ms: number;
  /** Frames that did not come through, or came again; sessions that ended otherwise than well. */
  readonly lost: number;
  readonly doubled: number;
  /** How often devices were told that audio was not heard: by a gap, or a warning that it came too fast. */
  readonly told: number;
  readonly wrong: { readonly [why: string]: number };
  /** Of a core, by the sink, while anything was sent. */
  readonly sinkUs: number;
}

export type ArmBehind = (port: number) => Arm;

async function startControl(): Promise<() => Promise<number>> {
  let p99Ms = Number.NaN;
  const child = await startChild({
    argv: [CONTROL],
    upBy: /^up/,
    onLine: (line) => {
      p99Ms = (JSON.parse(line) as { p99Ms: number }).p99Ms;
    },
  });
  return async () => {
    await child.stop();
    return p99Ms;
  };
}

export async function pass(armBehind: ArmBehind, plan: PlanOfArm): Promise<Path> {
  const sink = await startSink();
  const stopControl = await startControl();
  let controlP99Ms = Number.NaN;
  let loaded: Awaited<ReturnType<typeof loadArm>>;
  try {
    loaded = await loadArm(armBehind(sink.port), plan);
  } finally {
    controlP99Ms = await stopControl();
    await sink.stop();
  }
  const { heard } = sink;
  if (heard === undefined) throw new Error('the sink did not say what it heard');
  const steps = loaded.steps.map((stepped, at) => {
    const former = loaded.steps[at - 1] ?? { rssKb: loaded.baseRssKb, sessions: 0 };
    const lag = delaysBetween(heard, stepped.fromMs, stepped.toMs);
    return {
      stepped,
      cpuUs: stepped.cpuUs / stepped.frames,
      busy: busyOf(stepped),
      kbPerSession: (stepped.rssKb - former.rssKb) / (stepped.sessions - former.sessions),
      lagP50Ms: lag.quantile(0.5),
      lagP99Ms: lag.quantile(0.99),
      isLoadLimit: isLoadLimit(stepped),
    };
  });
  const { ended } = loaded;
  return {
    steps,
    controlP99Ms,
    lost: ended.frames - heard.frames,
    doubled: heard.doubled,
    told: (ended.messages['gap'] ?? 0) + (ended.messages['warning'] ?? 0),
    wrong: ended.wrong,
    sinkUs: (heard.cpuMs * 1000) / heard.frames,
  };
}

/** Whether all came through, in time. */
export function isHeld({ steps, lost, doubled, wrong }: Path): boolean {
  const isWhole = lost === 0 && doubled === 0 && Object.keys(wrong).length === 0;
  const { lagP99Ms = Number.POSITIVE_INFINITY, busy = 1 } = steps.at(-1) ?? {};
  return isWhole && lagP99Ms < HELD_LAG_MS_MAX && busy < HELD_BUSY_MAX;
}

/** What went wrong, in a sentence for each; none when all is well. */
export function faultsOf(what: string, { lost, doubled, told, wrong }: Path): string[] {
  const faults = Object.entries(wrong).map(([why, count]) => `${count} sessions ended by ${why}`);
  if (lost !== 0)
    faults.push(`${lost} frames did not come through, devices were told ${told} times`);
  if (doubled !== 0) faults.push(`${doubled} frames came again`);
  return faults.map((fault) => `${what}: ${fault}`);
}
