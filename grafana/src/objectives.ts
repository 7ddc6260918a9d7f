/**
 * Objectives: what is promised, how much of it may be missed, and the recording rules that measure it.
 *
 * An alert fires when that share is missed so fast that a part of it will be gone: in a long window, so
 * that it matters, and in a short one, so that it still does.
 */

/** What is recorded. */
export interface Rule {
  readonly record: string;
  readonly expr: string;
}

export interface Objective {
  readonly name: string;
  /** The share that may be missed. */
  readonly budget: number;
  /** The share that is missed in a window. */
  ratio(window: string): string;
}

const FATES = 'earshot_audio_seconds_total';

function increase(series: string, window: string): string {
  return `sum by (job) (rate(${series}[${window}]))`;
}

/** 95 % of finals within 2.5 s of the arrival of the frame that holds their end. */
export const FINALS_LATE: Objective = {
  name: 'finals_late',
  budget: 0.05,
  ratio: (window) => {
    const [name, edge] = ['earshot_final_latency_seconds', '{le="2.5"}'];
    return `1 - ${increase(`${name}_bucket${edge}`, window)} / ${increase(`${name}_count`, window)}`;
  },
};

/** 99.9 % of the audio whose outcome is known transcribed or silent; released is no outcome. */
export const AUDIO_LOST: Objective = {
  name: 'audio_lost',
  budget: 0.001,
  ratio: (window) => {
    const lost = increase(`${FATES}{fate=~"overrun|upstream"}`, window);
    const known = increase(`${FATES}{fate!="released"}`, window);
    return `${lost} / (${known} - ${increase('earshot_audio_revised_seconds_total', window)})`;
  },
};

const OBJECTIVES: readonly Objective[] = [FINALS_LATE, AUDIO_LOST];

const WINDOWS = ['5m', '30m', '1h', '6h', '3d'] as const;
type Window = (typeof WINDOWS)[number];

function recordOf({ name }: Objective, window: Window): string {
  return `earshot:${name}:ratio_rate${window}`;
}

/** In both windows so many times faster than the budget allows. */
export function burns(objective: Objective, times: number, long: Window, short: Window): string {
  const limit = Number((times * objective.budget).toPrecision(6));
  return `${recordOf(objective, long)} > ${limit} and ${recordOf(objective, short)} > ${limit}`;
}

export const IMBALANCE = 'earshot:ledger_imbalance:seconds';

function sums(series: string): string {
  return `sum by (job, instance) (${series})`;
}

export const RECORDS: readonly Rule[] = [
  ...OBJECTIVES.flatMap((objective) =>
    WINDOWS.map((window) => ({
      record: recordOf(objective, window),
      expr: objective.ratio(window),
    })),
  ),
  {
    record: IMBALANCE,
    expr: `abs(${[
      sums('earshot_audio_received_seconds_total'),
      `+ ${sums('earshot_audio_revised_seconds_total')}`,
      `- ${sums(FATES)}`,
      `- ${sums('earshot_audio_unsettled_seconds')}`,
    ].join(' ')})`,
  },
];
