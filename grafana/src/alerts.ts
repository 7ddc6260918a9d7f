/**
 * Alerts: when somebody is to look, each with a case that fires it and one that doesn't.
 *
 * `page` wakes somebody up, since people are affected now; `ticket` is for the day. What to do is in
 * grafana/README.md, under the name of the alert.
 */
import { AUDIO_LOST, burns, FINALS_LATE, IMBALANCE } from './objectives.ts';

/** Series as `promtool test rules` has them, a value a minute. */
export interface Case {
  readonly series: { readonly [series: string]: string };
  /** When it is looked at. */
  readonly atMin: number;
  /** Those of the alert that fires, beyond its severity. */
  readonly labels?: { readonly [label: string]: string };
}

export interface Alert {
  readonly name: `Earshot${string}`;
  readonly expr: string;
  readonly forMin: number;
  readonly severity: 'page' | 'ticket';
  /** A sentence; `{{ $labels.x }}` is filled in. */
  readonly summary: string;
  readonly fires: Case;
  readonly rests: Case;
}

const JOB = { job: 'earshot' };
const SERVER = { job: 'earshot', instance: 'a' };

/** Finals, of which so many a minute are in time. */
function finals(inTime: number, of: number, minutes: number): Case['series'] {
  const name = 'earshot_final_latency_seconds';
  return {
    [`${name}_bucket{job="earshot",instance="a",le="2.5"}`]: `0+${inTime}x${minutes}`,
    [`${name}_count{job="earshot",instance="a"}`]: `0+${of}x${minutes}`,
  };
}

/** Audio by fate, in seconds a minute. */
function fates(
  transcribed: number,
  upstream: number,
  released: number,
  minutes: number,
): Case['series'] {
  const of = (fate: string): string =>
    `earshot_audio_seconds_total{job="earshot",instance="a",fate="${fate}"}`;
  return {
    [of('transcribed')]: `0+${transcribed}x${minutes}`,
    [of('upstream')]: `0+${upstream}x${minutes}`,
    [of('released')]: `0+${released}x${minutes}`,
    'earshot_audio_revised_seconds_total{job="earshot",instance="a"}': `0x${minutes}`,
  };
}

function ledger(received: string, transcribed: string, unsettled: string): Case['series'] {
  return {
    'earshot_audio_received_seconds_total{job="earshot",instance="a"}': received,
    'earshot_audio_revised_seconds_total{job="earshot",instance="a"}': '0x30',
    'earshot_audio_seconds_total{job="earshot",instance="a",fate="transcribed"}': transcribed,
    'earshot_audio_unsettled_seconds{job="earshot",instance="a"}': unsettled,
  };
}

function slots(used: string, depth: string): Case['series'] {
  return {
    'earshot_slots_limit{job="earshot",instance="a"}': '10x30',
    'earshot_slots_used{job="earshot",instance="a"}': used,
    'earshot_slot_queue_depth{job="earshot",instance="a"}': depth,
  };
}

function one(name: string, values: string, labels = ''): Case['series'] {
  return { [`${name}{job="earshot",instance="a"${labels}}`]: values };
}

const ENDS = 'earshot_google_stream_ends_total';

function ends(finished: string, transient: string): Case['series'] {
  return {
    ...one(ENDS, finished, ',code="OK",class="finished"'),
    ...one(ENDS, transient, ',code="UNAVAILABLE",class="transient"'),
  };
}

export const ALERTS: readonly Alert[] = [
  {
    name: 'EarshotFinalsLateFast',
    expr: burns(FINALS_LATE, 14.4, '1h', '5m'),
    forMin: 2,
    severity: 'page',
    summary: 'More than 72 % of finals come later than 2.5 s after their last audio.',
    fires: { series: finals(2, 10, 90), atMin: 80, labels: JOB },
    rests: { series: finals(5, 10, 90), atMin: 80 },
  },
  {
    name: 'EarshotFinalsLateSlow',
    expr: burns(FINALS_LATE, 6, '6h', '30m'),
    forMin: 15,
    severity: 'page',
    summary:
      'For hours more than 30 % of finals have come later than 2.5 s after their last audio.',
    fires: { series: finals(6, 10, 400), atMin: 390, labels: JOB },
    rests: { series: finals(8, 10, 400), atMin: 390 },
  },
  {
    name: 'EarshotFinalsLateDays',
    expr: burns(FINALS_LATE, 1, '3d', '6h'),
    forMin: 60,
    severity: 'ticket',
    summary: 'For days more than 5 % of finals have come later than 2.5 s after their last audio.',
    fires: { series: finals(9, 10, 4_500), atMin: 4_400, labels: JOB },
    rests: { series: finals(97, 100, 4_500), atMin: 4_400 },
  },
  {
    name: 'EarshotAudioLostFast',
    expr: burns(AUDIO_LOST, 14.4, '1h', '5m'),
    forMin: 2,
    severity: 'page',
    summary: 'More than 1.44 % of the audio is lost: it gets no transcript.',
    fires: { series: fates(90, 10, 0, 90), atMin: 80, labels: JOB },
    rests: { series: fates(100, 1, 50, 90), atMin: 80 },
  },
  {
    name: 'EarshotAudioLostSlow',
    expr: burns(AUDIO_LOST, 6, '6h', '30m'),
    forMin: 15,
    severity: 'page',
    summary: 'For hours more than 0.6 % of the audio has been lost: it gets no transcript.',
    fires: { series: fates(99, 1, 0, 400), atMin: 390, labels: JOB },
    rests: { series: fates(1_000, 2, 500, 400), atMin: 390 },
  },
  {
    name: 'EarshotAudioLostDays',
    expr: burns(AUDIO_LOST, 1, '3d', '6h'),
    forMin: 60,
    severity: 'ticket',
    summary: 'For days more than 0.1 % of the audio has been lost: it gets no transcript.',
    fires: { series: fates(1_000, 2, 0, 4_500), atMin: 4_400, labels: JOB },
    rests: { series: fates(10_000, 5, 5_000, 4_500), atMin: 4_400 },
  },
  {
    name: 'EarshotQueueSaturated',
    expr: [
      'sum by (job, instance) (earshot_slot_queue_depth) > 0',
      'and sum by (job, instance) (earshot_slots_used) >= sum by (job, instance) (earshot_slots_limit)',
    ].join(' '),
    forMin: 5,
    severity: 'page',
    summary: 'On {{ $labels.instance }} all slots have been held for 5 minutes, and sessions wait.',
    fires: { series: slots('10x30', '3x30'), atMin: 10, labels: SERVER },
    rests: { series: slots('10x30', '3x3 0x26'), atMin: 10 },
  },
  {
    name: 'EarshotStartsStuck',
    expr: [
      'sum by (job, instance) (earshot_slot_queue_depth) > 0',
      'and sum by (job, instance) (earshot_slots_used) < sum by (job, instance) (earshot_slots_limit)',
    ].join(' '),
    forMin: 3,
    severity: 'page',
    summary:
      'On {{ $labels.instance }} sessions wait for a slot though some are free: streams are not started.',
    fires: { series: slots('4x30', '3x30'), atMin: 10, labels: SERVER },
    rests: { series: slots('4x30', '0x30'), atMin: 10 },
  },
  {
    name: 'EarshotLedgerImbalance',
    expr: `${IMBALANCE} > 1`,
    forMin: 5,
    severity: 'ticket',
    summary: 'On {{ $labels.instance }} seconds of audio have no fate and are in no session.',
    fires: { series: ledger('0+60x30', '0+50x30', '1x30'), atMin: 10, labels: SERVER },
    rests: { series: ledger('0+60x30', '0+60x30', '0x30'), atMin: 10 },
  },
  {
    name: 'EarshotCredentialsRefused',
    expr: 'max by (job, instance) (earshot_breaker_open) > 0',
    forMin: 1,
    severity: 'page',
    summary: 'Google refuses the credentials of {{ $labels.instance }}: nobody is served.',
    fires: { series: one('earshot_breaker_open', '1x30'), atMin: 5, labels: SERVER },
    rests: { series: one('earshot_breaker_open', '0x30'), atMin: 5 },
  },
  {
    name: 'EarshotCertificateExpires',
    expr: 'min by (job, instance) (earshot_certificate_expiry_timestamp_seconds) - time() < 1209600',
    forMin: 5,
    severity: 'ticket',
    summary: 'The certificate of {{ $labels.instance }} expires within 14 days.',
    fires: {
      series: one('earshot_certificate_expiry_timestamp_seconds', '1200000x30'),
      atMin: 10,
      labels: SERVER,
    },
    rests: { series: one('earshot_certificate_expiry_timestamp_seconds', '1300000x30'), atMin: 10 },
  },
  {
    name: 'EarshotUpstreamFailing',
    expr: [
      `sum by (job) (rate(${ENDS}{class!~"finished|routine|aborted"}[5m]))`,
      `/ sum by (job) (rate(${ENDS}[5m])) > 0.2`,
    ].join(' '),
    forMin: 5,
    severity: 'page',
    summary: 'More than a fifth of the streams of Google fail.',
    fires: { series: ends('0+6x30', '0+4x30'), atMin: 15, labels: JOB },
    rests: { series: ends('0+9x30', '0+1x30'), atMin: 15 },
  },
  {
    name: 'EarshotWorkersDying',
    expr: 'sum by (job, instance) (increase(earshot_worker_deaths_total[15m])) > 2',
    forMin: 0,
    severity: 'page',
    summary: 'Workers of {{ $labels.instance }} die again and again.',
    fires: { series: one('earshot_worker_deaths_total', '0+1x30'), atMin: 20, labels: SERVER },
    rests: { series: one('earshot_worker_deaths_total', '0x10 1x20'), atMin: 20 },
  },
  {
    name: 'EarshotOverloaded',
    expr: 'max by (job, instance) (earshot_overload_level) >= 3',
    forMin: 2,
    severity: 'page',
    summary: '{{ $labels.instance }} takes no new sessions: a worker has too much to do.',
    fires: { series: one('earshot_overload_level', '3x30'), atMin: 10, labels: SERVER },
    rests: { series: one('earshot_overload_level', '2x30'), atMin: 10 },
  },
  {
    name: 'EarshotScrapeGone',
    expr: 'up{job="earshot"} == 0 or absent(up{job="earshot"})',
    forMin: 2,
    severity: 'page',
    summary: 'Prometheus gets no metrics of a server: it is gone, or does not answer.',
    fires: { series: one('up', '1x5 0x25'), atMin: 10, labels: SERVER },
    rests: { series: one('up', '1x30'), atMin: 10 },
  },
];
