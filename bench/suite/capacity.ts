/**
 * Capacity: how many sessions does a core hold, and does a frame cost more when there are more?
 *
 * Sessions are added in steps until 1 % of chunks leave more than 100 ms after their last frame was due.
 */
import type { Target } from '../target.ts';
import { atLeast, atMost } from '../target.ts';
import type { Bench, Effort, Outcome } from './bench.ts';
import { Rows, ratioOf } from './bench.ts';
import { DEFAULT, LIBRARY, STREAMING } from './drivers.ts';
import type { ArmBehind, Passed } from './path.ts';
import { faultsOf, isHeld, pass } from './path.ts';

const LAG_MS_MAX = 100;
const FRAME_MS = 100;
/** First of all: what a frame costs about. */
const TASTE = { sessions: 300, warmMs: 2_500, measureMs: 2_000 } as const;
/** Of what that cost leaves room for; a busier core wakes up less often for a frame. */
const PARTS = [0.4, 0.6, 0.75, 0.9, 1.05, 1.2, 1.4, 1.6, 1.8] as const;
const STEP = { warmMs: 1_000, measureMs: 2_000 } as const;
const GROWTH = [2_000, 500, 100] as const;
const GROWTH_STEP = { warmMs: 2_000, measureMs: 3_000 } as const;
/** Between two frames of 100 ms there: a core has to carry the most of them, whatever it can do. */
const GROWTH_FRAME_MS = 400;
const WARM_UP = 500;

const ARMS = {
  own: ['Earshot', DEFAULT],
  streaming: ["on Google's streamingRecognize()", STREAMING],
  library: ["on Google's raw call", LIBRARY],
} as const;
const [CPU, SESSIONS] = ['CPU µs a frame', 'sessions'];
const COLUMNS = [
  [SESSIONS, 0],
  [CPU, 1],
  ['busy %', 0],
  ['chunk p99 ms', 1],
] as const;

const PLAN = { form: 'binary', frameBytes: 3_200, frameMs: FRAME_MS, pace: 'due' } as const;

interface Found {
  /** The last step that was held. */
  readonly held: Passed | undefined;
  readonly note: string | undefined;
}

function lastHeld(steps: readonly Passed[]): Found {
  const [held] = steps.filter(isInTime).slice(-1);
  const next = held === undefined ? steps[0] : steps[steps.indexOf(held) + 1];
  if (next === undefined) return { held, note: 'more sessions than were tried' };
  return { held, note: next.isLoadLimit ? 'the load was the limit, not the server' : undefined };
}

function isInTime({ lagP99Ms = Number.POSITIVE_INFINITY }: Passed): boolean {
  return lagP99Ms <= LAG_MS_MAX;
}

async function taste(behind: ArmBehind): Promise<number> {
  const { steps } = await pass(behind, { ...PLAN, steps: [TASTE], isWeighed: false });
  return steps[0]?.cpuUs ?? Number.NaN;
}

async function findCapacity(behind: ArmBehind, costUs: number): Promise<Found> {
  const room = (FRAME_MS * 1000) / costUs;
  const steps = PARTS.map((part) => ({ ...STEP, sessions: Math.round(room * part) }));
  const plan = { ...PLAN, steps, isWeighed: false, drownedMs: 5 * LAG_MS_MAX };
  return lastHeld((await pass(behind, plan)).steps);
}

async function capacity({ rounds, isFull }: Effort): Promise<Outcome> {
  const rows = new Rows();
  const notes = new Set<string>();
  const costs = new Map<ArmBehind, number>();
  const capacityRow = (what: string): string => `sessions a core: ${what}`;
  const growthRow = (sessions: number): string =>
    `${sessions.toLocaleString('en')} sessions, a frame each ${GROWTH_FRAME_MS} ms`;
  let amiss = 0;
  let drowned = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [what, behind] of Object.values(ARMS)) {
      // No target names it.
      if (behind === LIBRARY && !isFull) continue;
      const cost = costs.get(behind) ?? (await taste(behind));
      costs.set(behind, cost);
      const { held, note } = await findCapacity(behind, cost);
      if (note !== undefined) notes.add(`${what}: ${note}`);
      rows.add(capacityRow(what), {
        [SESSIONS]: held?.stepped.sessions,
        [CPU]: held?.cpuUs,
        'busy %': held && held.busy * 100,
        'chunk p99 ms': held?.lagP99Ms,
      });
    }
    const steps = GROWTH.toReversed().map((sessions) => ({ sessions, ...GROWTH_STEP }));
    const slow = { ...PLAN, frameMs: GROWTH_FRAME_MS };
    const path = await pass(DEFAULT, { ...slow, steps, isWeighed: false, warmUp: WARM_UP });
    for (const { stepped, cpuUs, busy, lagP99Ms, isLoadLimit } of path.steps) {
      const row = growthRow(stepped.sessions);
      rows.add(row, { [SESSIONS]: stepped.sessions, [CPU]: cpuUs, 'busy %': busy * 100 });
      rows.add(row, { 'chunk p99 ms': lagP99Ms });
      if (isLoadLimit) notes.add(`${row}: the load was the limit, not the server`);
    }
    for (const fault of faultsOf('100 to 2,000 sessions', path)) notes.add(fault);
    // A server that has too much to do is cheap: it refuses, and does much at once.
    if (!isHeld(path)) drowned += 1;
    amiss += Math.abs(path.lost) + path.doubled + Object.keys(path.wrong).length;
  }
  const sessions = (what: string): readonly number[] | undefined =>
    rows.figures(capacityRow(what), SESSIONS);
  const [own, streaming, library] = Object.values(ARMS).map(([what]) => sessions(what));
  const byLibrary = ratioOf(own, library);
  if (byLibrary !== undefined) {
    notes.add(`sessions a core, of Google's raw call: ${byLibrary.toFixed(2)}`);
  }
  const [most, ...fewer] = GROWTH;
  const growth = (few: number): number | undefined =>
    ratioOf(rows.figures(growthRow(most), CPU), rows.figures(growthRow(few), CPU));
  const targets: Target[] = [
    atLeast("sessions a core, of Google's streamingRecognize()", 2, ratioOf(own, streaming)),
    ...fewer.map((few) =>
      atMost(
        `CPU a frame with ${most} sessions, of that with ${few}`,
        1,
        drowned > 0 ? undefined : growth(few),
      ),
    ),
    atMost('frames lost or doubled, sessions stalled', 0, amiss),
  ];
  return { columns: COLUMNS, rows: rows.rows, targets, notes: [...notes] };
}

export const CAPACITY: Bench = {
  name: 'capacity',
  question: 'how many sessions does a core hold, and does a frame cost more when there are more?',
  isNeeded: true,
  run: capacity,
};
