/**
 * Rotation figures: what a run of the rotation bench came to, and whether that is good enough (pure).
 */
import type { Account } from '../test/emulator/account.ts';
import { accountOf } from '../test/emulator/account.ts';
import type { Ended, Report } from '../test/emulator/emulator.ts';
import { quantile } from './quantile.ts';
import type { FinalRule, Lateness, Side, Takeover, TakeoverKind } from './takeovers.ts';
import { latenessOf, spansOf, TAKEOVER_KINDS, takeoversOf } from './takeovers.ts';
import type { Talk } from './talker.ts';
import type { Target } from './target.ts';
import { atLeast, atMost } from './target.ts';

export interface Run {
  readonly talks: readonly Talk[];
  /** Every stream of the run. */
  readonly ended: readonly Ended[];
  /** Once the sessions were over. */
  readonly report: Report;
  readonly rule: FinalRule;
}

/** Undefined where there was nothing to measure. */
export interface Spread {
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** All that a rotation touches. */
const ROTATION = 'at a rotation';
const SIDES = TAKEOVER_KINDS.flatMap((kind): Side[] => [
  `last before ${kind}`,
  `first after ${kind}`,
]);

/** Finals on one side of the takeovers, on all sides of them, or away from them. */
export interface SideFigures {
  readonly side: Side | typeof ROTATION;
  readonly finals: number;
  readonly lateMs: Spread;
  /** Lateness beyond the median of the finals away from rotations. */
  readonly extraMs: Spread;
  readonly sinceWordMs: Spread;
}

export interface Figures {
  readonly sessions: number;
  readonly unfinished: readonly string[];
  readonly spoken: number;
  readonly lost: number;
  readonly doubled: number;
  readonly swapped: number;
  readonly strange: number;
  readonly gaps: number;
  readonly streams: number;
  readonly openMax: number;
  readonly leftOpen: number;
  /** By status. */
  readonly ends: Readonly<Record<string, number>>;
  readonly rotations: Readonly<Record<TakeoverKind, number>>;
  /** That both streams of a rotation in speech heard, the median. */
  readonly overlapP50Ms: number | undefined;
  readonly spokenSeconds: number;
  readonly heardSeconds: number;
  readonly billedSeconds: number;
  readonly sides: readonly SideFigures[];
}

const EXTRA_P99_MS_MAX = 150;
/** How a stream ends at the emulator when nothing went wrong; the last of a session may be cancelled. */
const GOOD_ENDS = ['OK', 'CANCELLED'];

export function figuresOf({ talks, ended, report, rule }: Run): Figures {
  const accounts = talks.map(({ words, finals }) =>
    accountOf(
      words,
      finals.flatMap(({ numbers }) => numbers),
    ),
  );
  const total = (what: keyof Account<never>): number =>
    accounts.reduce((sum, account) => sum + account[what].length, 0);
  const spans = talks.map(({ words }) => spansOf(ended, words));
  const takeovers = spans.map(takeoversOf);
  const late = talks.flatMap(({ words, finals }, n) =>
    latenessOf(finals, words, takeovers[n] ?? [], rule),
  );
  const overlaps = spans.flatMap((each) =>
    each.slice(1).map(({ fromMs }, n) => (each[n]?.untilMs ?? 0) - fromMs),
  );
  return {
    sessions: talks.length,
    unfinished: talks.flatMap(({ summary }) => (summary instanceof Error ? [summary.message] : [])),
    spoken: talks.reduce((sum, { words }) => sum + words.length, 0),
    lost: total('lost'),
    doubled: total('doubled'),
    swapped: total('swapped'),
    strange: total('strange'),
    gaps: talks.reduce((sum, { gaps }) => sum + gaps, 0),
    streams: report.starts,
    openMax: report.openMax,
    leftOpen: report.open.length,
    ends: report.ends,
    rotations: countOf(takeovers.flat()),
    overlapP50Ms: quantile(
      overlaps.filter((ms) => ms > 0),
      0.5,
    ),
    spokenSeconds: talks.reduce((sum, { summary }) => sum + secondsOf(summary), 0),
    heardSeconds: report.audioMs / 1000,
    billedSeconds: report.billedMs / 1000,
    sides: sidesOf(late),
  };
}

function secondsOf(summary: Talk['summary']): number {
  return summary instanceof Error ? 0 : summary.receivedMs / 1000;
}

function countOf(takeovers: readonly Takeover[]): Record<TakeoverKind, number> {
  const count = (kind: TakeoverKind): number =>
    takeovers.filter((takeover) => takeover.kind === kind).length;
  return { pause: count('pause'), speech: count('speech'), failure: count('failure') };
}

function sidesOf(late: readonly Lateness[]): SideFigures[] {
  const away = late.filter(({ side }) => side === 'away');
  const near = late.filter(({ side }) => side !== 'away');
  const usualMs = quantile(away.map(lateOf), 0.5);
  const groups: [SideFigures['side'], readonly Lateness[]][] = [
    ['away', away],
    [ROTATION, near],
    ...SIDES.map((side): [Side, Lateness[]] => [side, near.filter((each) => each.side === side)]),
  ];
  return groups.flatMap(([side, finals]) =>
    finals.length === 0 ? [] : [sideOf(side, finals, usualMs)],
  );
}

function sideOf(
  side: SideFigures['side'],
  finals: readonly Lateness[],
  usualMs: number | undefined,
): SideFigures {
  const lates = finals.map(lateOf);
  const extras = usualMs === undefined ? [] : lates.map((lateMs) => lateMs - usualMs);
  const ages = finals.map(({ sinceWordMs }) => sinceWordMs);
  return {
    side,
    finals: finals.length,
    lateMs: spread(lates),
    extraMs: spread(extras),
    sinceWordMs: spread(ages),
  };
}

function lateOf({ lateMs }: Lateness): number {
  return lateMs;
}

function spread(values: readonly number[]): Spread {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

export function targetsOf(figures: Figures): Target[] {
  const none = (what: string, value: number): Target => atMost(what, 0, value);
  const failed = Object.entries(figures.ends)
    .filter(([how]) => !GOOD_ENDS.includes(how))
    .reduce((sum, [, count]) => sum + count, 0);
  const extra = figures.sides.find(({ side }) => side === ROTATION)?.extraMs;
  return [
    none('sessions without a summary', figures.unfinished.length),
    none('words lost', figures.lost),
    none('words doubled', figures.doubled),
    none('words swapped', figures.swapped),
    none('words heard that nobody spoke', figures.strange),
    none('streams left open', figures.leftOpen),
    none('streams that failed or came to their limit', failed),
    atLeast('rotations in a pause', 1, figures.rotations.pause),
    atLeast('rotations in speech', 1, figures.rotations.speech),
    atMost('extra final latency at a rotation, p99, ms', EXTRA_P99_MS_MAX, extra?.p99),
  ];
}
