/**
 * Metrics: every series, once; the only file that knows prom-client.
 *
 * What happens for each frame is counted in plain fields and handed over when somebody scrapes, so
 * that counting costs nothing on the path of a frame. Labels are closed sets of words, never an id.
 */
import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client';
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

/** Seconds; the objective for finals, 2.5 s, is an edge. */
const LATENCY_S = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 20, 30];
const WAIT_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];

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

/** All series of a process at one moment; survives JSON. */
export type Snapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** The sum, series by series, of those that several processes have. */
function sumOf(snapshots: readonly Snapshot[]): Registry {
  return AggregatorRegistry.aggregate([...snapshots]);
}

/** The same as a snapshot. */
export function sum(snapshots: readonly Snapshot[]): Snapshot {
  // Its types don't say that the series of a sum carry their values with them.
  return sumOf(snapshots).getMetricsAsArray() as Snapshot;
}

/** The sum, in the text format of Prometheus. */
export function textOf(snapshots: readonly Snapshot[]): Promise<string> {
  return sumOf(snapshots).metrics();
}

/** The sum over the labels of one series. */
export function totalOf(snapshot: Snapshot, name: string): number {
  const values = snapshot.find((series) => series.name === name)?.values ?? [];
  return values.reduce((total, { value }) => total + value, 0);
}

/** What is left of a process that is no more: its counters; what it held unsettled is released. */
export function remainsOf(snapshot: Snapshot): Snapshot {
  const unsettled = totalOf(snapshot, UNSETTLED);
  return snapshot
    .filter(({ type }) => `${type}` !== 'gauge')
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

/** Counts of one process. A test makes its own. */
export class Metrics {
  readonly registry = new Registry();

  /** Plain counts: whoever owns the event adds to them. Seconds of audio are not rounded. */
  readonly sessions: Numbers<SessionStateLabel> = zeros(SESSION_STATES);
  workers = 0;
  workerDeaths = 0;
  readonly ends: Numbers<EndWord> = zeros(END_WORDS);
  readonly resumes: Numbers<ResumeWord> = zeros(RESUMES);
  readonly refusals: Numbers<RefusalWord> = zeros(REFUSALS);
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
  outboxPressed = 0;
  outboxPressures = 0;
  tapeBytes: () => number = () => 0;
  slots: () => SlotsView = () => ({ limit: 0, used: 0, depth: 0 });
  streamLimit: () => number = () => 0;
  breakerOpen: () => boolean = () => false;
  readonly streamEnds: Numbers<StreamEndWords> = zeros(STREAM_ENDS);
  channels = 0;
  channelsReplaced = 0;

  readonly slotWait: Histogram;
  readonly firstInterim: Histogram;
  readonly final: Histogram;
  readonly firstAnswer: Histogram;

  constructor() {
    this.#workerSeries();
    this.#sessionSeries();
    this.#audioSeries();
    this.#slotSeries();
    this.slotWait = this.#histogram(
      'earshot_slot_wait_seconds',
      'How long a granted slot was waited for.',
      WAIT_S,
    );
    this.firstInterim = this.#histogram(
      'earshot_first_interim_latency_seconds',
      'From the arrival of the frame that holds the beginning of an utterance to its first interim.',
      LATENCY_S,
    );
    this.final = this.#histogram(
      'earshot_final_latency_seconds',
      'From the arrival of the frame that holds the end of an utterance to its final.',
      LATENCY_S,
    );
    this.#googleSeries();
    this.firstAnswer = this.#histogram(
      'earshot_google_first_answer_seconds',
      'From the first speech that a stream of Google was sent to the first answer.',
      LATENCY_S,
    );
  }

  /** Counts the samples of one session, at `rate` a second, as seconds of the process. */
  bookings(rate: number) {
    return {
      received: (samples: number) => {
        this.receivedSeconds += samples / rate;
      },
      settled: (fate: AudioFate, samples: number) => {
        this.audioSeconds[fate] += samples / rate;
      },
      revised: (samples: number) => {
        this.audioSeconds.transcribed += samples / rate;
        this.revisedSeconds += samples / rate;
      },
    };
  }

  snapshot(): Promise<Snapshot> {
    return this.registry.getMetricsAsJSON();
  }

  /** Everything, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  #workerSeries(): void {
    this.#gauge('earshot_workers', 'Processes that take sessions.', () => this.workers);
    this.#total(
      'earshot_worker_deaths_total',
      'Workers that ended without being told to, and are followed by another one.',
      () => this.workerDeaths,
    );
  }

  #sessionSeries(): void {
    this.#labelled('earshot_sessions', 'Sessions, by state.', 'state', this.sessions);
    this.#labelledTotal(
      'earshot_session_ends_total',
      'Sessions that ended, by why: finished, lost, or the code of the error.',
      'code',
      this.ends,
    );
    this.#labelledTotal(
      'earshot_resumes_total',
      'Resume tokens that came, by what they resumed (held, taken), or why nothing.',
      'result',
      this.resumes,
    );
    this.#labelledTotal(
      'earshot_refusals_total',
      'Connections refused, by HTTP status: 401 the token, 403 the origin, 429 too many, 503 full or leaving; also where an error and a close code said so.',
      'status',
      this.refusals,
    );
    this.#gauge(
      'earshot_overload_level',
      'What is done against overload, of the worst worker: 1 interims thinned, 2 windows shrunk, 3 new sessions refused, 4 the newest sessions shed; else 0.',
      () => this.overload,
      'max',
    );
    this.#total(
      'earshot_sessions_shed_total',
      'Sessions ended to save a process from overload.',
      () => this.sessionsShed,
    );
    this.#total('earshot_frames_total', 'Audio frames received.', () => this.frames);
    this.#gauge(
      'earshot_outbox_pressed',
      'Sockets that take no more for now: transcripts wait for them.',
      () => this.outboxPressed,
    );
    this.#total(
      'earshot_outbox_pressures_total',
      'How often a socket began to take no more.',
      () => this.outboxPressures,
    );
  }

  #audioSeries(): void {
    this.#total(
      'earshot_audio_received_seconds_total',
      'Audio received.',
      () => this.receivedSeconds,
    );
    this.#labelledTotal(
      SETTLED,
      'Audio received, by its fate: every second gets exactly one, once its outcome is known.',
      'fate',
      this.audioSeconds,
    );
    this.#total(
      'earshot_audio_revised_seconds_total',
      'Audio counted as silent that a late final made transcribed: it is in both fates.',
      () => this.revisedSeconds,
    );
    this.#total(
      'earshot_finals_degraded_total',
      'Finals marked degraded: interims of streams that were given up, or cut where a word may be lost.',
      () => this.finalsDegraded,
    );
    this.#gauge(UNSETTLED, 'Audio received without an outcome yet.', () => this.unsettledSeconds());
    this.#total(
      'earshot_audio_missing_seconds_total',
      'Audio that devices declared lost before it was sent.',
      () => this.missingSeconds,
    );
    this.#total(
      'earshot_audio_replayed_seconds_total',
      'Audio that a further stream heard again, because the one before it had failed.',
      () => this.replayedSeconds,
    );
    this.#total(
      'earshot_audio_billed_seconds_total',
      'Audio that the recognizer bills, as far as it says so: not for streams that failed.',
      () => this.billedSeconds,
    );
    this.#gauge(
      'earshot_tape_bytes',
      'Memory of the tapes: unsettled audio, and windows granted but not yet used.',
      () => this.tapeBytes(),
    );
  }

  #slotSeries(): void {
    this.#gauge('earshot_slots_limit', 'Slots that may be held at once.', () => this.slots().limit);
    this.#gauge('earshot_slots_used', 'Slots that are held.', () => this.slots().used);
    this.#gauge(
      'earshot_slot_queue_depth',
      'Sessions that wait for a slot.',
      () => this.slots().depth,
    );
    this.#total(
      'earshot_slots_refused_total',
      'Sessions that got no slot in time, or found no room to wait.',
      () => this.slotsRefused,
    );
    this.#labelledTotal(
      'earshot_streams_total',
      'Recognizer streams opened, by why: for audio without one, or for one that was cut or failed.',
      'cause',
      this.streams,
    );
    this.#labelledTotal(
      'earshot_stream_cuts_total',
      'Streams that were given their last audio, by where: hard, plain and stall are in the middle of speech.',
      'how',
      this.cuts,
    );
    this.#gauge(
      'earshot_stream_limit',
      'Streams that the recognizer can serve at once: slots, and the reserve for overlaps.',
      () => this.streamLimit(),
    );
    this.#gauge(
      'earshot_breaker_open',
      '1 while nobody is served because Google refuses the credentials, else 0.',
      () => Number(this.breakerOpen()),
      'max',
    );
  }

  #googleSeries(): void {
    const ends = this.streamEnds;
    new Counter({
      name: 'earshot_google_stream_ends_total',
      help: 'Streams of Google that ended, by status and what it means; none is an end without one.',
      labelNames: ['code', 'class'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const words of STREAM_ENDS) {
          const [code = '', word = ''] = words.split(' ');
          this.inc({ code, class: word }, ends[words]);
        }
      },
    });
    this.#gauge('earshot_google_channels', 'Connections to Google.', () => this.channels);
    this.#total(
      'earshot_google_channels_replaced_total',
      'Connections to Google that failed too often and got no more streams.',
      () => this.channelsReplaced,
    );
  }

  /** Received and not yet in any fate; the sums of the ledgers make it so. */
  unsettledSeconds(): number {
    const settled = Object.values(this.audioSeconds).reduce((sum, seconds) => sum + seconds, 0);
    // Sums of fractions: what is left of them below a microsecond is no audio.
    // And not -0.
    return Math.round((this.receivedSeconds + this.revisedSeconds - settled) * 1e6) / 1e6 + 0;
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.registry] });
  }

  /** `aggregator`: what several processes have together. */
  #gauge(name: string, help: string, read: () => number, aggregator: 'sum' | 'max' = 'sum'): void {
    new Gauge({
      name,
      help,
      aggregator,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  #total(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  #labelled(name: string, help: string, label: string, counts: Record<string, number>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        for (const [word, count] of Object.entries(counts)) this.set({ [label]: word }, count);
      },
    });
  }

  #labelledTotal(name: string, help: string, label: string, counts: Record<string, number>): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [word, count] of Object.entries(counts)) this.inc({ [label]: word }, count);
      },
    });
  }
}
