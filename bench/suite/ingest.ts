/**
 * Ingest: what does a frame cost until it is received, and until a whole session has dealt with it?
 */
import type { Form } from '../load/frames.ts';
import type { Target } from '../target.ts';
import { atMost } from '../target.ts';
import type { Arm } from './arms.ts';
import { EARSHOT, guests, UWS, WS } from './arms.ts';
import type { Bench, Effort, Outcome } from './bench.ts';
import { Rows, ratioOf } from './bench.ts';
import type { PlanOfArm } from './load.ts';
import { busyOf, isLoadLimit, loadArm } from './load.ts';

interface Case {
  readonly what: string;
  readonly form: Form;
  readonly frameBytes: number;
  readonly frameMs: number;
  readonly framesPerSecond: number;
  readonly pace: 'due' | 'flood';
}

const WARM_MS = 1_500;
const MEASURE_MS = 2_500;
/** In a flood. */
const FLOODING = 100;
const FRAME_COLUMN = 'CPU µs a frame';

function caseOf(frameBytes: number, form: Form, pace: number | 'flood'): Case {
  const speed = pace === 'flood' ? 'flood' : `${pace / 1000}k/s`;
  return {
    what: `${frameBytes.toLocaleString('en')} B ${form}, ${speed}`,
    form,
    frameBytes,
    frameMs: frameBytes / 32,
    framesPerSecond: pace === 'flood' ? 0 : pace,
    pace: pace === 'flood' ? 'flood' : 'due',
  };
}

/** What Python holds. */
const SLOW = caseOf(3_200, 'base64', 2_000);
const NEEDED = [
  caseOf(3_200, 'binary', 10_000),
  caseOf(640, 'binary', 10_000),
  caseOf(3_200, 'base64', 10_000),
];
const FURTHER = [
  SLOW,
  caseOf(640, 'base64', 10_000),
  caseOf(3_200, 'binary', 20_000),
  caseOf(640, 'binary', 20_000),
  caseOf(3_200, 'base64', 20_000),
  caseOf(3_200, 'binary', 'flood'),
  caseOf(640, 'binary', 'flood'),
  caseOf(3_200, 'base64', 'flood'),
];

/** The limit is of bytes alone, and the tutorial's server holds no more than some thousand frames a second, as base64. */
function does(arm: Arm, each: Case): boolean {
  if (arm.name === 'epoll') return each.form === 'binary';
  return arm.name === 'python' ? each === SLOW : each !== SLOW || arm === EARSHOT;
}

/** So few frames hardly have the code compiled, where there is any to compile. */
const WARM_UP = 500;

function planOf({ form, frameBytes, frameMs, framesPerSecond, pace }: Case, arm: Arm): PlanOfArm {
  const sessions = pace === 'flood' ? FLOODING : (framesPerSecond * frameMs) / 1000;
  const steps = [{ sessions, warmMs: WARM_MS, measureMs: MEASURE_MS }];
  const warmUp = arm === EARSHOT && sessions < FLOODING * 3 ? WARM_UP : 0;
  return { form, frameBytes, frameMs, pace, steps, warmUp, isWeighed: false };
}

const WHAT = (arm: Arm, each: Case): string => `${each.what}: ${arm.what}`;

async function ingest({ rounds, isFull }: Effort): Promise<Outcome> {
  const { arms: found, missing } = guests();
  const arms = [EARSHOT, UWS, WS, ...found];
  const cases = isFull ? [...NEEDED, ...FURTHER] : NEEDED;
  const rows = new Rows();
  const notes = new Set(missing);
  let lost = 0;
  for (let round = 0; round < rounds; round++) {
    for (const each of cases) {
      for (const arm of arms.filter((one) => does(one, each))) {
        const { steps, ended } = await loadArm(arm, planOf(each, arm));
        const [step] = steps;
        if (step === undefined) continue;
        rows.add(WHAT(arm, each), {
          [FRAME_COLUMN]: step.cpuUs / step.frames,
          'frames/s': (step.frames * 1000) / (step.toMs - step.fromMs),
          'busy %': busyOf(step) * 100,
          'load process busy %': step.loadShare * 100,
        });
        // What was refused for want of room is said below, and never was received.
        const isWhole = arm.name === EARSHOT.name && Object.keys(ended.wrong).length === 0;
        if (isWhole) lost += ended.frames - ended.receivedMs / each.frameMs;
        lost += ended.messages['gap'] ?? 0;
        if (isLoadLimit(step))
          notes.add(`${WHAT(arm, each)}: the load was the limit, not the server`);
        for (const [why, count] of Object.entries(ended.wrong)) {
          notes.add(`${WHAT(arm, each)}: ${count} sessions ended by ${why}`);
        }
      }
    }
  }
  const figures = (arm: Arm, each: Case | undefined) =>
    each && rows.figures(WHAT(arm, each), FRAME_COLUMN);
  const targets: Target[] = NEEDED.flatMap((each) => {
    const own = figures(EARSHOT, each);
    return [
      atMost(`${each.what}: of uWebSockets.js alone`, 1.5, ratioOf(own, figures(UWS, each))),
      atMost(`${each.what}: of \`ws\` that only receives`, 0.9, ratioOf(own, figures(WS, each))),
    ];
  });
  targets.push(atMost('frames lost or reported as gaps', 0, lost));
  const columns = [FRAME_COLUMN, 'frames/s', 'busy %', 'load process busy %'] as const;
  return {
    columns: columns.map((name) => [name, name === FRAME_COLUMN ? 1 : 0] as const),
    rows: rows.rows,
    targets,
    notes: [...notes],
  };
}

export const INGEST: Bench = {
  name: 'ingest',
  question:
    'what does a frame cost, received by a whole session, beside servers that only receive?',
  isNeeded: true,
  run: ingest,
};
