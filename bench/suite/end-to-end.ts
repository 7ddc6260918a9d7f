/**
 * End to end: what does a frame cost on the whole way to Google, what memory a session, and what time?
 *
 * All before one sink; a peer at most of the load that it holds, and the default driver there too.
 */
import type { Form } from '../load/frames.ts';
import type { Target } from '../target.ts';
import { atMost } from '../target.ts';
import type { Bench, Effort, Outcome } from './bench.ts';
import { median, Rows, ratioOf } from './bench.ts';
import { DEFAULT, LIBRARY, SECURE, STREAMING } from './drivers.ts';
import { climb, nearer } from './ladder.ts';
import type { PlanOfArm } from './load.ts';
import type { ArmBehind, Path } from './path.ts';
import { faultsOf, isHeld, pass } from './path.ts';
import { NO_TUTORIAL, tutorial } from './tutorial.ts';

const WARM_MS = 2_000;
const MEASURE_MS = 4_000;
/** Until each has said more than what waits for a final: then its memory is what it will be. */
const GROWN_MS = 4_000;
/** What those take that come first is the process's. */
const FIRST = 50;
/** Of a core, at which latency is measured. */
const BUSY = 0.7;
/** With less than that it says nothing of so busy a core. */
const BUSY_MIN = 0.65;
const FRAME_MS = 100;
const CROWD = 500;
/** Of a core, by a peer: most of what it holds, and what it then holds in each round. */
const PEER_BUSY = 0.8;
/** Sessions that each is tried with first. */
const FEW = { own: 500, streaming: 200, tutorial: 60 } as const;
const [CPU, KB] = ['CPU µs a frame', 'kB a session'];
const COLUMNS = [
  [CPU, 1],
  [KB, 0],
  ['busy %', 0],
  ['chunk p50 ms', 1],
  ['chunk p99 ms', 1],
  ['result p50 ms', 1],
  ['result p99 ms', 1],
  ['idle loop p99 ms', 1],
] as const;

interface Run {
  readonly behind: ArmBehind;
  readonly sessions: number;
  readonly form?: Form;
  readonly frameBytes?: number;
  /** Which compiles nothing. */
  readonly isPython?: boolean;
}

function planOf({
  sessions,
  form = 'binary',
  frameBytes = 3_200,
  isPython = false,
}: Run): PlanOfArm {
  const steps = [{ sessions, warmMs: WARM_MS, measureMs: MEASURE_MS }];
  // Servers run for days: their code is compiled.
  const warmUp = isPython ? 0 : CROWD;
  const frameMs = (FRAME_MS * frameBytes) / 3_200;
  return { form, frameBytes, frameMs, pace: 'due', steps, isWeighed: false, warmUp };
}

/** Nobody was there before: memory that a process once had is not given back, and would be used again. */
function weighingOf(run: Run): PlanOfArm {
  const first = Math.min(FIRST, Math.ceil(run.sessions / 2));
  const steps = [first, run.sessions].map((sessions) => ({
    sessions,
    warmMs: GROWN_MS,
    measureMs: 0,
  }));
  return { ...planOf(run), steps, isWeighed: true, warmUp: 0 };
}

/** Runs that are made in turns, and what they came to. */
class Comparison {
  readonly rows = new Rows();
  readonly notes = new Set<string>();
  /** Rows of peers that did not hold their load in each round. */
  readonly unheld = new Set<string>();
  /** Frames of the server itself that did not come through just once, and sessions that did not end well. */
  amiss = 0;

  async run(what: string, run: Run, isPeer = false): Promise<void> {
    const path = await pass(run.behind, planOf(run));
    for (const { cpuUs, busy, lagP50Ms, lagP99Ms, stepped, ...rest } of path.steps.slice(-1)) {
      this.rows.add(what, {
        [CPU]: cpuUs,
        'busy %': busy * 100,
        'chunk p50 ms': lagP50Ms,
        'chunk p99 ms': lagP99Ms,
        'result p50 ms': stepped.results.p50Ms,
        'result p99 ms': stepped.results.p99Ms,
        'idle loop p99 ms': path.controlP99Ms,
      });
      if (rest.isLoadLimit) this.notes.add(`${what}: the load was the limit, not the server`);
    }
    if (isPeer && !isHeld(path)) {
      this.unheld.add(what);
      this.notes.add(`${what}: a round of it was not held`);
    }
    this.#judge(what, path, isPeer);
  }

  /** What memory each session takes of those beyond the first ones. */
  async weigh(what: string, run: Run, isPeer = false): Promise<void> {
    const path = await pass(run.behind, weighingOf(run));
    this.rows.add(what, { [KB]: path.steps.at(-1)?.kbPerSession });
    this.#judge(what, path, isPeer);
  }

  #judge(what: string, path: Path, isPeer: boolean): void {
    for (const fault of faultsOf(what, path)) this.notes.add(fault);
    if (isPeer) return;
    const ended = Object.values(path.wrong).reduce((sum, each) => sum + each, 0);
    this.amiss += Math.abs(path.lost) + path.doubled + ended;
  }
}

function beyond(of: Rows, row: string, column: string): number | undefined {
  if ((median(of.figures(row, 'busy %')) ?? 0) < BUSY_MIN * 100) return undefined;
  const [late, idle] = [of.figures(row, column), of.figures(row, 'idle loop p99 ms')];
  return median(late?.map((ms, round) => Math.max(0, ms - (idle?.[round] ?? 0))));
}

async function endToEnd({ rounds, isFull }: Effort): Promise<Outcome> {
  const all = new Comparison();
  const { rows, notes } = all;
  const python = tutorial();
  if (python === undefined) notes.add(NO_TUTORIAL);
  const sessionsOf = (run: Omit<Run, 'sessions'>, few: number, busy: number) => {
    const { steps: _, ...plan } = planOf({ ...run, sessions: few });
    return climb(run.behind, plan, { few, busy });
  };
  const streaming = await sessionsOf({ behind: STREAMING }, FEW.streaming, PEER_BUSY);
  const lesson = python && ({ behind: python, form: 'base64', isPython: true } as const);
  const taught = lesson && (await sessionsOf(lesson, FEW.tutorial, PEER_BUSY));
  const named = (sessions: number, what: string): string => `${sessions} sessions: ${what}`;
  const BUSY_ROW = `${BUSY * 100} % busy: Earshot`;
  const crowd = streaming ?? CROWD;
  let busy = (await sessionsOf({ behind: DEFAULT }, FEW.own, BUSY)) ?? crowd;
  for (let round = 0; round < rounds; round++) {
    await all.run(named(crowd, 'Earshot'), { behind: DEFAULT, sessions: crowd });
    await all.weigh(named(crowd, 'Earshot'), { behind: DEFAULT, sessions: crowd });
    // No target names it.
    if (isFull) {
      await all.run(
        named(crowd, "on Google's raw call"),
        { behind: LIBRARY, sessions: crowd },
        true,
      );
    }
    if (streaming !== undefined) {
      const run = { behind: STREAMING, sessions: streaming };
      await all.run(named(streaming, "on Google's streamingRecognize()"), run, true);
      await all.weigh(named(streaming, "on Google's streamingRecognize()"), run, true);
    }
    if (lesson !== undefined && taught !== undefined) {
      const run = { ...lesson, sessions: taught };
      await all.run(named(taught, 'the tutorial in Python, base64'), run, true);
      await all.run(named(taught, 'Earshot'), { behind: DEFAULT, sessions: taught });
    }
    await all.run(BUSY_ROW, { behind: DEFAULT, sessions: busy });
    // Each round comes nearer, since up there delays rise fast.
    const percent = rows.figures(BUSY_ROW, 'busy %')?.at(-1);
    if (percent !== undefined) busy = nearer(busy, percent / 100, BUSY);
    if (!isFull) continue;
    await all.run(named(crowd, 'Earshot, devices by TLS'), { behind: SECURE, sessions: crowd });
    const small = { behind: DEFAULT, sessions: crowd, frameBytes: 640 };
    await all.run(named(crowd, 'Earshot, 640 B'), small);
    const text = { behind: DEFAULT, sessions: crowd, form: 'base64' } as const;
    await all.run(named(crowd, 'Earshot, base64'), text);
  }
  const ratio = (
    sessions: number | undefined,
    peer: string,
    column: string,
  ): number | undefined => {
    if (sessions === undefined || all.unheld.has(named(sessions, peer))) return undefined;
    const own = rows.figures(named(sessions, 'Earshot'), column);
    return ratioOf(own, rows.figures(named(sessions, peer), column));
  };
  const helped = "on Google's streamingRecognize()";
  const targets: Target[] = [
    atMost("CPU a frame, of Google's streamingRecognize()", 0.55, ratio(streaming, helped, CPU)),
    atMost(
      "memory a session, of Google's streamingRecognize()",
      0.35,
      ratio(streaming, helped, KB),
    ),
    atMost(
      'CPU a frame, of the tutorial in Python',
      0.15,
      ratio(taught, 'the tutorial in Python, base64', CPU),
    ),
    atMost(
      `${BUSY_ROW}: frame-in to chunk-out, p99, ms`,
      15,
      beyond(rows, BUSY_ROW, 'chunk p99 ms'),
    ),
    atMost(
      `${BUSY_ROW}: result-in to socket-out, p99, ms`,
      5,
      beyond(rows, BUSY_ROW, 'result p99 ms'),
    ),
    atMost('frames lost or doubled, sessions stalled', 0, all.amiss),
  ];
  return { columns: COLUMNS, rows: rows.rows, targets, notes: [...notes] };
}

export const END_TO_END: Bench = {
  name: 'end-to-end',
  question: 'what does the whole way to Google cost, in processor time, memory and delay?',
  isNeeded: true,
  run: endToEnd,
};
