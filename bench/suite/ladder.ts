/**
 * Ladder: how many sessions make a core so busy, found by adding ever more of them (pure, but for the climb).
 */
import type { PlanOfArm } from './load.ts';
import type { ArmBehind, Passed } from './path.ts';
import { HELD_LAG_MS_MAX, pass } from './path.ts';

/** Each step has so many times the sessions of the one before. */
const RISE = 1.6;
/** A look that was off changes them by no more than that. */
const STRIDE_MAX = 1.3;
/** Until those that are new are as busy as the others: a final comes each three seconds. */
const STEP = { warmMs: 3_000, measureMs: 1_500 } as const;
/** More than any server here holds on a core. */
const SESSIONS_MAX = 5_000;

type Rung = Pick<Passed, 'busy' | 'lagP99Ms'> & {
  readonly stepped: Pick<Passed['stepped'], 'sessions'>;
};

/** Adds sessions from `few` on, until they take more than `busy` of a core, or it is late. */
export async function climb(
  behind: ArmBehind,
  plan: Omit<PlanOfArm, 'steps'>,
  { few, busy }: { readonly few: number; readonly busy: number },
): Promise<number | undefined> {
  const steps = [];
  for (let sessions = few; sessions < SESSIONS_MAX; sessions = Math.ceil(sessions * RISE)) {
    steps.push({ sessions, ...STEP });
  }
  const bounds = { busyMax: busy, drownedMs: HELD_LAG_MS_MAX };
  return sessionsAt((await pass(behind, { ...plan, steps, ...bounds })).steps, busy);
}

/** On the line between two steps, or those of the last step that was in time; undefined: none was. */
export function sessionsAt(rungs: readonly Rung[], busy: number): number | undefined {
  let last: Rung | undefined;
  for (const rung of rungs) {
    if (!isInTime(rung)) break;
    if (rung.busy >= busy) return between(last, rung, busy);
    last = rung;
  }
  return last?.stepped.sessions;
}

/** How many make a core so busy, where `sessions` made it `was`: within a stride, since a look may be off. */
export function nearer(sessions: number, was: number, busy: number): number {
  return Math.round(sessions * Math.min(STRIDE_MAX, Math.max(1 / STRIDE_MAX, busy / was)));
}

function between(low: Rung | undefined, high: Rung, busy: number): number {
  const few = low?.stepped.sessions ?? 0;
  const part = (busy - (low?.busy ?? 0)) / (high.busy - (low?.busy ?? 0));
  return Math.floor(few + (high.stepped.sessions - few) * part);
}

function isInTime({ lagP99Ms = Number.POSITIVE_INFINITY }: Rung): boolean {
  return lagP99Ms < HELD_LAG_MS_MAX;
}
