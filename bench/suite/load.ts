/**
 * Load: has a process talk to a server as a plan says, and checks what came of it.
 */
import { fileURLToPath } from 'node:url';
import { startChild } from '../child.ts';
import type { Ended, LoadLine, Plan, Stepped } from '../load/plan.ts';
import type { Arm, RunningArm, Sunk } from './arms.ts';
import { CORES, pinned } from './machine.ts';

const LOAD = fileURLToPath(new URL('../processes/load.js', import.meta.url));
/** Of a core: more is too close to all of it. */
const LOAD_SHARE_MAX = 0.9;
/** Later than that is no open loop. */
const LATE_MS_MAX = 50;
const BUSY_SHARE = 0.9;
const USUAL: Pick<Plan, 'drownedMs' | 'busyMax' | 'warmUp'> = {
  /** What is behind by so much will not come back. */
  drownedMs: 2_000,
  busyMax: Number.MAX_VALUE,
  warmUp: 0,
};

export interface Loaded {
  readonly baseRssKb: number;
  readonly steps: readonly Stepped[];
  readonly ended: Ended;
}

export interface PlanOfArm
  extends Omit<Plan, 'address' | 'speaks' | 'pids' | 'collects' | keyof typeof USUAL>,
    Partial<typeof USUAL> {
  /** Whether memory counts, and so is freed of garbage where that can be asked for. */
  readonly isWeighed: boolean;
}

export async function load(plan: PlanOfArm, arm: RunningArm): Promise<Loaded> {
  const { isWeighed, ...rest } = plan;
  const { address, speaks, pids } = arm;
  const lines: LoadLine[] = [];
  const collects = arm.collects && isWeighed;
  const whole: Plan = {
    ...USUAL,
    ...rest,
    address,
    speaks,
    pids,
    collects,
  };
  const child = await startChild({
    ...pinned(CORES.around, process.execPath, [LOAD, JSON.stringify(whole)]),
    upBy: /^\{/,
    onLine: (line) => lines.push(JSON.parse(line) as LoadLine),
  });
  await child.ended;
  const base = JSON.parse(child.said) as LoadLine & { type: 'base' };
  const ended = lines.find((line) => line.type === 'end');
  if (ended === undefined) throw new Error('the load ended before its end');
  const steps = lines.filter((line) => line.type === 'step');
  return { baseRssKb: base.rssKb, steps, ended };
}

/** Starts a server, loads it, and ends it. */
export async function loadArm(
  arm: Arm,
  plan: PlanOfArm,
): Promise<Loaded & { readonly sunk: Sunk | undefined }> {
  const running = await arm.start();
  let loaded: Loaded;
  try {
    loaded = await load(plan, running);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { ...loaded, sunk: await running.stop() };
}

/** Of a core, by the server. */
export function busyOf({ cpuUs, fromMs, toMs }: Stepped): number {
  return cpuUs / 1000 / (toMs - fromMs);
}

/** Whether the load, and not the server, was what kept more from being done. */
export function isLoadLimit(stepped: Stepped): boolean {
  if (busyOf(stepped) > BUSY_SHARE) return false;
  return stepped.loadShare > LOAD_SHARE_MAX || (stepped.late.p99Ms ?? 0) > LATE_MS_MAX;
}
