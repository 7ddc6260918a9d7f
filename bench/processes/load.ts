/**
 * Load: many sessions that talk to one server, in a process of its own.
 *
 *   node load.js PLAN      (a Plan as JSON; it says what came of it, a line of JSON each)
 *
 * Open loop: a frame is due by the clock, whatever became of those before, and delays count from
 * then. Sessions are spread over the length of a frame.
 */
import { Histogram } from '../load/histogram.ts';
import type { Delays, LoadLine, Plan, Step, Stepped } from '../load/plan.ts';
import { machineMs } from '../load/stamp.ts';
import { Talker } from '../load/talker.ts';
import { cpuUsOf, rssKbOf } from '../suite/usage.ts';

const CONNECTING_MAX = 64;
/** Of all sessions that a step adds, and of one. */
const CONNECT_MS_MAX = 15_000;
const FINISH_MS_MAX = 15_000;
/** How long a server may take to collect its garbage. */
const COLLECT_MS = 700;
const REVERSED_BITS = 16;

const plan = JSON.parse(process.argv[2] ?? '') as Plan;
const talkers: Talker[] = [];
/** Sessions and frames that only warmed the server up. */
const warmed = { sessions: 0, frames: 0 };
const WARM_UP_MS = 4_000;
/** Sessions by the millisecond of a frame's length that they are due at. */
const due: Talker[][] = Array.from({ length: Math.max(1, plan.frameMs) }, () => []);
const messages: Record<string, number> = {};
const wrong: Record<string, number> = {};
let over = 0;
let finished = 0;
let receivedMs = 0;
let frames = 0;
let held = 0;
let late = new Histogram();
let results = new Histogram();
let state: 'warming' | 'running' | 'finishing' = 'running';

function say(line: LoadLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function count(of: Record<string, number>, word: string): void {
  of[word] = (of[word] ?? 0) + 1;
}

/** The `nth` of so many as there may be, so that the first ones are spread too: by its bits, reversed. */
function spread(nth: number): number {
  let reversed = 0;
  for (let bit = 0; bit < REVERSED_BITS; bit++) reversed = (reversed << 1) | ((nth >> bit) & 1);
  return reversed / 2 ** REVERSED_BITS;
}

async function connectOne(): Promise<void> {
  const session = warmed.sessions + talkers.length;
  const talker = new Talker({
    ...plan,
    session,
    onType: (type) => count(messages, type),
    onResult: (sentMs) => results.add(machineMs() - sentMs),
    onReceived: (ms) => {
      receivedMs += ms;
    },
    onOver: (why) => {
      over += 1;
      if (why === undefined && state !== 'running') finished += 1;
      else count(wrong, why ?? 'finished early');
    },
  });
  talkers.push(talker);
  // One that is refused has said so, and is never sent audio.
  await Promise.race([talker.ready.catch(() => undefined), wait(CONNECT_MS_MAX)]);
  due[Math.floor(spread(session - warmed.sessions) * due.length)]?.push(talker);
}

/** What could not be connected in time is not there. */
async function connectUpTo(sessions: number): Promise<void> {
  const endMs = machineMs() + CONNECT_MS_MAX;
  const lane = async (): Promise<void> => {
    while (talkers.length < sessions && machineMs() < endMs) await connectOne();
  };
  await Promise.all(Array.from({ length: CONNECTING_MAX }, lane));
}

let startMs = 0;
let dueMs = 0;
let isTalking = false;

/** Sends what is due, and comes again. */
function talk(): void {
  if (state === 'finishing') return;
  const nowMs = machineMs();
  for (; startMs + dueMs <= nowMs; dueMs++) {
    for (const talker of due[dueMs % due.length] ?? []) {
      if (!talker.isOpen) continue;
      if (talker.send(startMs + dueMs)) held += 1;
      frames += 1;
      late.add(machineMs() - startMs - dueMs);
    }
  }
  setTimeout(talk, 1);
}

function flood(): void {
  if (state !== 'running') return;
  const nowMs = machineMs();
  for (const talker of talkers) if (talker.isOpen) frames += talker.flood(nowMs);
  setImmediate(flood);
}

function delaysOf(histogram: Histogram): Delays {
  return {
    p50Ms: histogram.quantile(0.5),
    p99Ms: histogram.quantile(0.99),
    mostMs: histogram.mostMs,
    count: histogram.total,
  };
}

function cpuUs(): number {
  return plan.pids.reduce((sum, pid) => sum + cpuUsOf(pid), 0);
}

async function rssKb(): Promise<number> {
  if (plan.collects) {
    for (const pid of plan.pids) process.kill(pid, 'SIGUSR2');
    await wait(COLLECT_MS);
  }
  return plan.pids.reduce((sum, pid) => sum + rssKbOf(pid), 0);
}

/** Only once all are there that speak first: a server that is slow to speak to would never take the rest. */
function beginToTalk(): void {
  if (plan.frameBytes === 0 || isTalking) return;
  isTalking = true;
  startMs = machineMs();
  (plan.pace === 'due' ? talk : flood)();
}

async function step({ sessions, warmMs, measureMs }: Step): Promise<Stepped> {
  await connectUpTo(sessions);
  beginToTalk();
  await wait(warmMs);
  late = new Histogram();
  results = new Histogram();
  const from = { ms: machineMs(), frames, held, cpuUs: cpuUs(), own: process.cpuUsage() };
  await wait(measureMs);
  const toMs = machineMs();
  const own = process.cpuUsage(from.own);
  const used = cpuUs() - from.cpuUs;
  return {
    sessions,
    fromMs: from.ms,
    toMs,
    frames: frames - from.frames,
    cpuUs: used,
    loadShare: (own.user + own.system) / 1000 / (toMs - from.ms),
    late: delaysOf(late),
    held: held - from.held,
    results: delaysOf(results),
    rssKb: await rssKb(),
  };
}

function sent(): number {
  return talkers.reduce((sum, talker) => sum + talker.sent, 0);
}

/** Sessions that say as much as any, and are gone again. */
async function warmUp(): Promise<void> {
  if (plan.warmUp === 0) return;
  await connectUpTo(plan.warmUp);
  beginToTalk();
  await wait(WARM_UP_MS);
  state = 'warming';
  await finish();
  state = 'running';
  warmed.sessions = talkers.length;
  warmed.frames = sent();
  talkers.length = 0;
  for (const each of due) each.length = 0;
  [over, finished] = [0, 0];
}

async function finish(): Promise<void> {
  for (const talker of talkers) talker.finish();
  const endMs = machineMs() + FINISH_MS_MAX;
  while (over < talkers.length && machineMs() < endMs) await wait(20);
  for (const talker of talkers) talker.giveUp();
}

await warmUp();
say({ type: 'base', rssKb: await rssKb() });
for (const each of plan.steps) {
  const stepped = await step(each);
  say({ type: 'step', ...stepped });
  const lateMs = Math.max(stepped.results.p99Ms ?? 0, stepped.late.p99Ms ?? 0);
  const busy = stepped.cpuUs / 1000 / (stepped.toMs - stepped.fromMs);
  if (lateMs > plan.drownedMs || busy > plan.busyMax || over > 0) break;
}
state = 'finishing';
await finish();
say({ type: 'end', frames: warmed.frames + sent(), receivedMs, finished, wrong, messages });
process.exit(0);
