/**
 * Metrics: every series, once; the only file that knows prom-client.
 *
 * What happens is counted in plain fields and typed arrays, and handed over when somebody scrapes, so
 * that counting costs nothing on the path of a frame. Labels are closed sets of words, never an id; a
 * few series are kept for each worker. A series that a process can't know doesn't exist in it.
 */
import type { Gauge } from 'prom-client';
import { Registry } from 'prom-client';
import type { LiveSums } from './live.ts';
import type { Heap } from './tally.ts';
import { Tally } from './tally.ts';
import type { Vitals } from './vitals.ts';
import type { CloseWord } from './wire/close.ts';
import { CLOSE } from './wire/close.ts';

export const AUDIO_FATES = ['transcribed', 'silent', 'overrun', 'upstream', 'released'] as const;
export type AudioFate = (typeof AUDIO_FATES)[number];
export const SESSION_STATES = ['opening', 'open', 'finishing', 'detached', 'undelivered'] as const;
export type SessionStateLabel = (typeof SESSION_STATES)[number];

/**
 * What came of a token: the session was still here, was taken over from what the token says, or why not.
 * `result`: the client has seen other finals than the token knows of.
 */
export const RESUMES = [
  'held',
  'taken',
  'malformed',
  'forged',
  'expired',
  'subject',
  'configuration',
  'result',
] as const;
export type ResumeWord = (typeof RESUMES)[number];

/** Connections that were refused, by HTTP status: 401 for want of a token, 403 for the origin, 429 for too many. */
export const REFUSALS = ['400', '401', '403', '429', '503'] as const;
export type RefusalWord = (typeof REFUSALS)[number];

/** Why a stream is opened: for audio without one, for one that was cut, or for one that failed. */
export const STREAM_CAUSES = ['start', 'rotation', 'retry'] as const;
export type StreamCause = (typeof STREAM_CAUSES)[number];
/**
 * Where a stream was given its last audio:
 *   pause     in a pause, since it was old
 *   hard      in the middle of speech, since it was old, much was unsettled or the device was lost; both
 *             streams hear the place
 *   plain     the same, but between two samples: what is said there may be lost
 *   finalize  where the device asked for a final
 *   idle      where no audio came for a while
 *   finish    at the end of the session
 */
export const CUTS = ['pause', 'hard', 'plain', 'finalize', 'idle', 'stall', 'finish'] as const;
export type CutWord = (typeof CUTS)[number];

/** How streams of Google end: gRPC's word, and the class of it. Pairs, so that there are no others. */
export const STREAM_ENDS = [
  'OK finished',
  'CANCELLED transient',
  'UNKNOWN transient',
  'UNKNOWN credentials',
  'INVALID_ARGUMENT config',
  'INVALID_ARGUMENT bug',
  'DEADLINE_EXCEEDED transient',
  'NOT_FOUND config',
  'ALREADY_EXISTS transient',
  'PERMISSION_DENIED credentials',
  'RESOURCE_EXHAUSTED quota',
  'FAILED_PRECONDITION config',
  'ABORTED routine',
  'ABORTED transient',
  'OUT_OF_RANGE routine',
  'OUT_OF_RANGE transient',
  'UNIMPLEMENTED config',
  'INTERNAL transient',
  'INTERNAL credentials',
  'UNAVAILABLE transient',
  'UNAVAILABLE credentials',
  'DATA_LOSS transient',
  'UNAUTHENTICATED credentials',
  'none transient',
  'none credentials',
  'none aborted',
  'none silent',
  'none stalled',
  'none refused',
] as const;
type StreamEndWords = (typeof STREAM_ENDS)[number];

type EndWord = CloseWord | 'finished' | 'lost';
type Numbers<K extends string> = { [word in K]: number };

/** How sessions begin: anew, or from the token of one that another process had. */
const STARTS = ['new', 'taken'] as const;
export type StartWord = (typeof STARTS)[number];

/** Seconds; the objective for finals, 2.5 s, is an edge. */
const LATENCY_S = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 20, 30];
const WAIT_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
/** From what nobody notices to what everybody does. */
const RELAY_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** The delays that overload begins with, 0.1, 0.2, 0.4 and 0.8 s unless set otherwise, are edges. */
const LOOP_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 2, 5];

function zeros<K extends string>(words: readonly K[]): Numbers<K> {
  return Object.fromEntries(words.map((word) => [word, 0])) as Numbers<K>;
}

const END_WORDS: readonly EndWord[] = [...(Object.keys(CLOSE) as CloseWord[]), 'finished', 'lost'];

/** What the slots show of themselves at a scrape. */
export interface SlotsView {
  readonly limit: number;
  readonly used: number;
  readonly depth: number;
}

/** Which process counts. */
export interface Scope {
  /** Index of the worker, from 0, or who supervises them. */
  readonly worker: string;
  /** Whether Google recognizes. */
  readonly google: boolean;
  /** Whether devices connect by TLS. */
  readonly tls: boolean;
  /** Of the program, where this process is the one that is scraped. */
  readonly version?: string;
  /** What the process takes of the machine, where anybody can tell. */
  readonly vitals?: () => Vitals;
}

export const SUPERVISOR = 'supervisor';

/** One value of a series. */
interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Where it isn't the name of the series. */
  readonly metricName?: string;
}

type Type = 'counter' | 'gauge' | 'histogram';

/** A series at one moment. */
interface Shot {
  readonly name: string;
  readonly help: string;
  readonly type: Type;
  readonly aggregator: Aggregator;
  readonly values: readonly Sample[];
}

/** All series of a process at one moment; survives JSON. */
export type Snapshot = readonly Shot[];

/** The sum, series by series, of those that several processes have; of some, the greatest. */
export function sum(snapshots: readonly Snapshot[]): Snapshot {
  const sums = new Map<string, { readonly shot: Shot; readonly values: Map<string, Sample> }>();
  for (const shot of snapshots.flat()) {
    const { values } = sums.get(shot.name) ?? { values: new Map<string, Sample>() };
    for (const sample of shot.values) {
      const key = `${sample.metricName ?? ''}${JSON.stringify(sample.labels)}`;
      const before = values.get(key)?.value;
      const value =
        before === undefined ? sample.value : TOGETHER[shot.aggregator](before, sample.value);
      values.set(key, { ...sample, value });
    }
    if (!sums.has(shot.name)) sums.set(shot.name, { shot, values });
  }
  return Array.from(sums.values(), ({ shot, values }) => ({
    ...shot,
    values: [...values.values()],
  }));
}

/** The sum, in the text format of Prometheus. */
export function textOf(snapshots: readonly Snapshot[]): Promise<string> {
  const registry = new Registry();
  for (const shot of sum(snapshots)) {
    const series: { readonly name: string; get(): Promise<Shot> } = {
      name: shot.name,
      get: () => Promise.resolve(shot),
    };
    // Its types know its own classes only; it asks no more than this of a series.
    registry.registerMetric(series as object as Gauge);
  }
  return registry.metrics();
}

/** Of what textOf() makes. */
export const CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

/** The sum over the labels of one series. */
export function totalOf(snapshot: Snapshot, name: string): number {
  const values = snapshot.find((series) => series.name === name)?.values ?? [];
  return values.reduce((total, { value }) => total + value, 0);
}

/** What is left of a process that is no more: its counters; what it held unsettled is released. */
export function remainsOf(snapshot: Snapshot): Snapshot {
  const unsettled = totalOf(snapshot, UNSETTLED);
  return snapshot
    .filter(({ type }) => type !== 'gauge')
    .map((series) => {
      if (series.name !== SETTLED) return series;
      const values = series.values.map((each) => {
        const isReleased = each.labels['fate'] === ('released' satisfies AudioFate);
        return isReleased ? { ...each, value: each.value + unsettled } : each;
      });
      return { ...series, values };
    });
}

const SETTLED = 'earshot_audio_seconds_total';
const UNSETTLED = 'earshot_audio_unsettled_seconds';

/** Samples of one rate on their way to the seconds of the process. */
class Bookings {
  readonly #metrics: Metrics;
  readonly #rate: number;

  constructor(metrics: Metrics, rate: number) {
    this.#metrics = metrics;
    this.#rate = rate;
  }

  received(samples: number): void {
    this.#metrics.receivedSeconds += samples / this.#rate;
  }

  settled(fate: AudioFate, samples: number): void {
    this.#metrics.audioSeconds[fate] += samples / this.#rate;
  }

  revised(samples: number): void {
    this.#metrics.audioSeconds.transcribed += samples / this.#rate;
    this.#metrics.revisedSeconds += samples / this.#rate;
  }
}

/** Counts of one process. A test makes its own. */
export class Metrics {
  /** May change until it is first read. */
  scope: Scope;
  /** Plain counts: whoever owns the event adds to them. Seconds of audio are not rounded. */
  readonly sessions: Numbers<SessionStateLabel> = zeros(SESSION_STATES);
  workers = 0;
  workerDeaths = 0;
  connections = 0;
  readonly refusals: Numbers<RefusalWord> = zeros(REFUSALS);
  readonly starts: Numbers<StartWord> = zeros(STARTS);
  readonly ends: Numbers<EndWord> = zeros(END_WORDS);
  readonly resumes: Numbers<ResumeWord> = zeros(RESUMES);
  readonly audioSeconds: Numbers<AudioFate> = zeros(AUDIO_FATES);
  frames = 0;
  receivedSeconds = 0;
  finalsDegraded = 0;
  missingSeconds = 0;
  revisedSeconds = 0;
  replayedSeconds = 0;
  billedSeconds = 0;
  readonly streams: Numbers<StreamCause> = zeros(STREAM_CAUSES);
  readonly cuts: Numbers<CutWord> = zeros(CUTS);
  slotsRefused = 0;
  sessionsShed = 0;
  /** From 0 on, as the levels of overload are ordered. */
  overload = 0;
  /** Of the event loop, in the last second, as overload goes by it. */
  loopDelaySeconds = 0;
  outboxPressed = 0;
  outboxPressures = 0;
  /** Of the certificate in use, in seconds since 1970. */
  certificateExpiryS = 0;
  tapeBytes: () => number = () => 0;
  slots: () => SlotsView = () => ({ limit: 0, used: 0, depth: 0 });
  streamLimit: () => number = () => 0;
  breakerOpen: () => boolean = () => false;
  /** Looks at all sessions. */
  live: () => LiveSums = () => NO_SESSIONS;
  readonly streamEnds: Numbers<StreamEndWords> = zeros(STREAM_ENDS);
  streamsOpen = 0;
  channels = 0;
  channelsReplaced = 0;

  readonly slotWait = new Tally(WAIT_S);
  readonly relayIn = new Tally(RELAY_S);
  readonly relayOut = new Tally(RELAY_S);
  readonly firstInterim = new Tally(LATENCY_S);
  readonly interim = new Tally(LATENCY_S);
  readonly final = new Tally(LATENCY_S);
  readonly streamStart = new Tally(RELAY_S);
  readonly firstAnswer = new Tally(LATENCY_S);
  readonly loopDelay = new Tally(LOOP_S);

  /** One reading for all series of a scrape. */
  #live = NO_SESSIONS;
  #vitals: Vitals | undefined;
  readonly #bookings = new Map<number, Bookings>();

  constructor(scope: Scope = ANY_SCOPE) {
    this.scope = scope;
  }

  /** Counts samples, at `rate` a second, as seconds of the process: one for all sessions of that rate. */
  bookings(rate: number): Bookings {
    const known = this.#bookings.get(rate);
    if (known !== undefined) return known;
    const bookings = new Bookings(this, rate);
    this.#bookings.set(rate, bookings);
    return bookings;
  }

  /** Of one moment. */
  snapshot(): Snapshot {
    this.#live = this.live();
    this.#vitals = this.scope.vitals?.();
    return SERIES.filter(({ of }) => exists(of, this.scope)).map((row) => {
      const { name, help, type, aggregator = 'sum' } = row;
      return { name, help, type, aggregator, values: samplesOf(row, this) };
    });
  }

  /** Everything, in the text format of Prometheus. */
  text(): Promise<string> {
    return textOf([this.snapshot()]);
  }

  /** What the last scrape has seen of all sessions. */
  get seen(): LiveSums {
    return this.#live;
  }

  get vitals(): Vitals {
    return this.#vitals ?? NO_VITALS;
  }

  /** Received and not in any fate, by the books: the sessions are to have as much unsettled. */
  unsettledSeconds(): number {
    const settled = Object.values(this.audioSeconds).reduce((sum, seconds) => sum + seconds, 0);
    // Sums of fractions: what is left of them below a microsecond is no audio.
    // And not -0.
    return Math.round((this.receivedSeconds + this.revisedSeconds - settled) * 1e6) / 1e6 + 0;
  }
}

const NO_SESSIONS: LiveSums = { unsettled: 0, lag: 0, lagMax: 0 };
const NO_VITALS: Vitals = { cpuSeconds: 0, residentBytes: 0, heapBytes: 0, busySeconds: 0 };
/** All that any process may know. */
const ANY_SCOPE: Scope = { worker: '0', google: true, tls: true };

type Aggregator = 'sum' | 'max' | 'min';
const TOGETHER: { readonly [A in Aggregator]: (a: number, b: number) => number } = {
  sum: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
};

/** Which processes know a series: with Google; workers; those of them with TLS; their supervisor; who can tell its vitals; who is scraped. */
type Knower = 'google' | 'tls' | 'worker' | 'supervisor' | 'vitals' | 'version';

function exists(of: Knower | undefined, { google, tls, worker, vitals, version }: Scope): boolean {
  if (of === 'google') return google;
  if (of === 'tls') return tls && worker !== SUPERVISOR;
  if (of === 'vitals') return vitals !== undefined;
  if (of === 'version') return version !== undefined;
  return of === undefined || (of === 'supervisor') === (worker === SUPERVISOR);
}

export interface Series {
  readonly name: `earshot_${string}`;
  readonly help: string;
  readonly type: Type;
  /** Names of its labels, and the words where they are a closed set. */
  readonly labels?: { readonly [label: string]: readonly string[] };
  /** What several processes have together; the sum unless it says so. */
  readonly aggregator?: Aggregator;
  /** Undefined: every process. */
  readonly of?: Knower;
  read(metrics: Metrics): number | Tally | Readonly<Record<string, number>>;
}

/** A record's words are values of the first label, or of all, with a blank between. */
function samplesOf(row: Series, metrics: Metrics): Sample[] {
  const { name, labels = {} } = row;
  const read = row.read(metrics);
  if (read instanceof Tally) return bucketsOf(name, read);
  if (typeof read === 'number') {
    const { worker, version = '' } = metrics.scope;
    if ('worker' in labels) return [{ labels: { worker }, value: read }];
    if ('version' in labels) return [{ labels: { version, node: process.version }, value: read }];
    return [{ labels: {}, value: read }];
  }
  const names = Object.keys(labels);
  return Object.entries(read).map(([words, value]) => {
    const parts = words.split(' ');
    const entries = names.map((label, at) => [label, parts[at] ?? ''] as const);
    return { labels: Object.fromEntries(entries), value };
  });
}

function bucketsOf(name: string, tally: Tally): Sample[] {
  const heaps = tally.heaps();
  const buckets = heaps.map(({ edge, count }: Heap) => {
    const le = edge === Number.POSITIVE_INFINITY ? '+Inf' : edge;
    return { metricName: `${name}_bucket`, labels: { le }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, value: tally.sum },
    { metricName: `${name}_count`, labels: {}, value: heaps.at(-1)?.count ?? 0 },
  ];
}

const WORKER: readonly string[] = [];

/** Every series, in the order in which it is shown. */
export const SERIES: readonly Series[] = [
  {
    name: 'earshot_build_info',
    type: 'gauge',
    help: '1; its labels say what runs.',
    labels: { version: [], node: [] },
    of: 'version',
    read: () => 1,
  },
  {
    name: 'earshot_workers',
    type: 'gauge',
    help: 'Processes that take sessions.',
    read: ({ workers }) => workers,
  },
  {
    name: 'earshot_worker_deaths_total',
    type: 'counter',
    help: 'Workers that ended without being told to, and are followed by another one.',
    of: 'supervisor',
    read: ({ workerDeaths }) => workerDeaths,
  },
  {
    name: 'earshot_worker_sessions',
    type: 'gauge',
    help: 'Sessions with a connection, by worker.',
    labels: { worker: WORKER },
    of: 'worker',
    read: ({ sessions: { opening, open, finishing } }) => opening + open + finishing,
  },
  {
    name: 'earshot_worker_event_loop_delay_seconds',
    type: 'gauge',
    help: 'How late timers are, the median of the last second, by worker: what overload goes by.',
    labels: { worker: WORKER },
    of: 'worker',
    read: ({ loopDelaySeconds }) => loopDelaySeconds,
  },
  {
    name: 'earshot_worker_event_loop_busy_seconds_total',
    type: 'counter',
    help: 'How long the event loop did not wait for events, by process: its rate is the utilization.',
    labels: { worker: WORKER },
    of: 'vitals',
    read: ({ vitals }) => vitals.busySeconds,
  },
  {
    name: 'earshot_worker_cpu_seconds_total',
    type: 'counter',
    help: 'Processor time of all threads, by process.',
    labels: { worker: WORKER },
    of: 'vitals',
    read: ({ vitals }) => vitals.cpuSeconds,
  },
  {
    name: 'earshot_worker_resident_memory_bytes',
    type: 'gauge',
    help: 'Memory that is resident, by process.',
    labels: { worker: WORKER },
    of: 'vitals',
    read: ({ vitals }) => vitals.residentBytes,
  },
  {
    name: 'earshot_worker_heap_bytes',
    type: 'gauge',
    help: 'Heap in use, by process, with what is not collected yet.',
    labels: { worker: WORKER },
    of: 'vitals',
    read: ({ vitals }) => vitals.heapBytes,
  },
  {
    name: 'earshot_event_loop_delay_seconds',
    type: 'histogram',
    help: 'How late timers are, ten times a second, of all workers.',
    of: 'worker',
    read: ({ loopDelay }) => loopDelay,
  },
  {
    name: 'earshot_certificate_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'When the certificate that devices are shown expires, in seconds since 1970; the earliest of all workers.',
    aggregator: 'min',
    of: 'tls',
    read: ({ certificateExpiryS }) => certificateExpiryS,
  },
  {
    name: 'earshot_connections_total',
    type: 'counter',
    help: 'Connections that were taken.',
    read: ({ connections }) => connections,
  },
  {
    name: 'earshot_refusals_total',
    type: 'counter',
    help: 'Connections refused, by HTTP status: 401 the token, 403 the origin, 429 too many, 503 full or leaving; also where an error and a close code said so.',
    labels: { status: REFUSALS },
    read: ({ refusals }) => refusals,
  },
  {
    name: 'earshot_sessions',
    type: 'gauge',
    help: 'Sessions, by state.',
    labels: { state: SESSION_STATES },
    read: ({ sessions }) => sessions,
  },
  {
    name: 'earshot_session_starts_total',
    type: 'counter',
    help: 'Sessions that began, by how: new, or taken from another process.',
    labels: { how: STARTS },
    read: ({ starts }) => starts,
  },
  {
    name: 'earshot_session_ends_total',
    type: 'counter',
    help: 'Sessions that ended, by why: finished, lost, or the code of the error.',
    labels: { code: END_WORDS },
    read: ({ ends }) => ends,
  },
  {
    name: 'earshot_resumes_total',
    type: 'counter',
    help: 'Resume tokens that came, by what they resumed (held, taken), or why nothing.',
    labels: { result: RESUMES },
    read: ({ resumes }) => resumes,
  },
  {
    name: 'earshot_overload_level',
    type: 'gauge',
    help: 'What is done against overload, of the worst worker: 1 interims thinned, 2 windows shrunk, 3 new sessions refused, 4 the newest sessions shed; else 0.',
    aggregator: 'max',
    read: ({ overload }) => overload,
  },
  {
    name: 'earshot_sessions_shed_total',
    type: 'counter',
    help: 'Sessions ended to save a process from overload.',
    read: ({ sessionsShed }) => sessionsShed,
  },
  {
    name: 'earshot_frames_total',
    type: 'counter',
    help: 'Audio frames received.',
    read: ({ frames }) => frames,
  },
  {
    name: 'earshot_outbox_pressed',
    type: 'gauge',
    help: 'Sockets that take no more for now: transcripts wait for them.',
    read: ({ outboxPressed }) => outboxPressed,
  },
  {
    name: 'earshot_outbox_pressures_total',
    type: 'counter',
    help: 'How often a socket began to take no more.',
    read: ({ outboxPressures }) => outboxPressures,
  },
  {
    name: 'earshot_audio_received_seconds_total',
    type: 'counter',
    help: 'Audio received.',
    read: ({ receivedSeconds }) => receivedSeconds,
  },
  {
    name: SETTLED,
    type: 'counter',
    help: 'Audio received, by its fate: every second gets exactly one, once its outcome is known.',
    labels: { fate: AUDIO_FATES },
    read: ({ audioSeconds }) => audioSeconds,
  },
  {
    name: 'earshot_audio_revised_seconds_total',
    type: 'counter',
    help: 'Audio counted as silent that a late final made transcribed: it is in both fates.',
    read: ({ revisedSeconds }) => revisedSeconds,
  },
  {
    name: 'earshot_finals_degraded_total',
    type: 'counter',
    help: 'Finals marked degraded: interims of streams that were given up, or cut where a word may be lost.',
    read: ({ finalsDegraded }) => finalsDegraded,
  },
  {
    name: UNSETTLED,
    type: 'gauge',
    help: 'Audio received without an outcome yet, as the sessions have it: the counters are to agree.',
    read: ({ seen }) => seen.unsettled,
  },
  {
    name: 'earshot_audio_lag_seconds',
    type: 'gauge',
    help: 'Audio that streams have heard without an outcome yet, of all sessions.',
    read: ({ seen }) => seen.lag,
  },
  {
    name: 'earshot_audio_lag_max_seconds',
    type: 'gauge',
    help: 'The same, of the session where it is most.',
    aggregator: 'max',
    read: ({ seen }) => seen.lagMax,
  },
  {
    name: 'earshot_audio_missing_seconds_total',
    type: 'counter',
    help: 'Audio that devices declared lost before it was sent.',
    read: ({ missingSeconds }) => missingSeconds,
  },
  {
    name: 'earshot_audio_replayed_seconds_total',
    type: 'counter',
    help: 'Audio that a further stream heard again, because the one before it had failed.',
    read: ({ replayedSeconds }) => replayedSeconds,
  },
  {
    name: 'earshot_audio_billed_seconds_total',
    type: 'counter',
    help: 'Audio that the recognizer bills, as far as it says so: not for streams that failed.',
    of: 'google',
    read: ({ billedSeconds }) => billedSeconds,
  },
  {
    name: 'earshot_tape_bytes',
    type: 'gauge',
    help: 'Memory of the tapes: unsettled audio, and windows granted but not yet used.',
    read: ({ tapeBytes }) => tapeBytes(),
  },
  {
    name: 'earshot_slots_limit',
    type: 'gauge',
    help: 'Slots that may be held at once.',
    read: ({ slots }) => slots().limit,
  },
  {
    name: 'earshot_slots_used',
    type: 'gauge',
    help: 'Slots that are held.',
    read: ({ slots }) => slots().used,
  },
  {
    name: 'earshot_slot_queue_depth',
    type: 'gauge',
    help: 'Sessions that wait for a slot.',
    read: ({ slots }) => slots().depth,
  },
  {
    name: 'earshot_slots_refused_total',
    type: 'counter',
    help: 'Sessions that got no slot in time, or found no room to wait.',
    read: ({ slotsRefused }) => slotsRefused,
  },
  {
    name: 'earshot_streams_total',
    type: 'counter',
    help: 'Recognizer streams opened, by why: for audio without one, or for one that was cut or failed.',
    labels: { cause: STREAM_CAUSES },
    read: ({ streams }) => streams,
  },
  {
    name: 'earshot_stream_cuts_total',
    type: 'counter',
    help: 'Streams that were given their last audio, by where: hard, plain and stall are in the middle of speech.',
    labels: { how: CUTS },
    read: ({ cuts }) => cuts,
  },
  {
    name: 'earshot_stream_limit',
    type: 'gauge',
    help: 'Streams that the recognizer can serve at once: slots, and the reserve for overlaps.',
    read: ({ streamLimit }) => streamLimit(),
  },
  {
    name: 'earshot_breaker_open',
    type: 'gauge',
    help: '1 while nobody is served because Google refuses the credentials, else 0.',
    aggregator: 'max',
    of: 'google',
    read: ({ breakerOpen }) => Number(breakerOpen()),
  },
  {
    name: 'earshot_slot_wait_seconds',
    type: 'histogram',
    help: 'How long a granted slot was waited for.',
    read: ({ slotWait }) => slotWait,
  },
  {
    name: 'earshot_relay_in_seconds',
    type: 'histogram',
    help: 'From the arrival of a frame until a stream is first given it: waits for a slot, and for its pace, are in it.',
    read: ({ relayIn }) => relayIn,
  },
  {
    name: 'earshot_relay_out_seconds',
    type: 'histogram',
    help: 'From when a final is settled until the socket has taken it.',
    read: ({ relayOut }) => relayOut,
  },
  {
    name: 'earshot_first_interim_latency_seconds',
    type: 'histogram',
    help: 'From the arrival of the frame that holds the beginning of an utterance to its first interim.',
    read: ({ firstInterim }) => firstInterim,
  },
  {
    name: 'earshot_interim_latency_seconds',
    type: 'histogram',
    help: 'From the arrival of the last frame that an interim knows of to that interim.',
    read: ({ interim }) => interim,
  },
  {
    name: 'earshot_final_latency_seconds',
    type: 'histogram',
    help: 'From the arrival of the frame that holds the end of an utterance to its final.',
    read: ({ final }) => final,
  },
  {
    name: 'earshot_google_streams',
    type: 'gauge',
    help: 'Streams of Google that are open.',
    of: 'google',
    read: ({ streamsOpen }) => streamsOpen,
  },
  {
    name: 'earshot_google_stream_ends_total',
    type: 'counter',
    help: 'Streams of Google that ended, by status and what it means; none is an end without one.',
    labels: { code: [], class: [] },
    of: 'google',
    read: ({ streamEnds }) => streamEnds,
  },
  {
    name: 'earshot_google_channels',
    type: 'gauge',
    help: 'Connections to Google.',
    of: 'google',
    read: ({ channels }) => channels,
  },
  {
    name: 'earshot_google_channels_replaced_total',
    type: 'counter',
    help: 'Connections to Google that failed too often and got no more streams.',
    of: 'google',
    read: ({ channelsReplaced }) => channelsReplaced,
  },
  {
    name: 'earshot_google_start_seconds',
    type: 'histogram',
    help: 'From the opening of a stream of Google until its first audio has left.',
    of: 'google',
    read: ({ streamStart }) => streamStart,
  },
  {
    name: 'earshot_google_first_answer_seconds',
    type: 'histogram',
    help: 'From the first speech that a stream of Google was sent to the first answer.',
    of: 'google',
    read: ({ firstAnswer }) => firstAnswer,
  },
];
