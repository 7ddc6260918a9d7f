/**
 * Emulator: one Google project as its clients see it: its streams, its quota and its bill.
 *
 * The fronts open streams here and carry bytes; everything that a test or a user wants to know
 * about all streams together is in the report.
 */
import type { Clock } from '../../src/clock.ts';
import type { Rule } from './faults.ts';
import { FaultPlan, FaultScript, nameOf } from './faults.ts';
import type { Limits, Version } from './limits.ts';
import { GOOGLE_LIMITS, scaleLimits } from './limits.ts';
import { Quota } from './quota.ts';
import type { Random } from './random.ts';
import { randomOf } from './random.ts';
import type { Event } from './state.ts';
import { Stream } from './stream.ts';
import type { FirstWord, Latency, StreamSink } from './stream-parts.ts';
import type { Manner } from './transcriber.ts';
import { MANNER } from './transcriber.ts';

export interface EmulatorOptions {
  /** Google's, but for those given. */
  readonly limits?: Partial<Limits>;
  /** How many times faster the stream's life and the quota's minute pass; 1 unless given. */
  readonly timeScale?: number;
  readonly manner?: Partial<Manner>;
  readonly latency?: Partial<Latency>;
  /** All times in responses are multiples of this; 1 unless given. */
  readonly timeStepMs?: number;
  /** False: finals come without words, whatever is asked, as from a model that has no times for them. */
  readonly wordTimes?: boolean;
  readonly repliesMax?: number;
  readonly faults?: readonly Rule[];
  /** Draws the faults that have a chance; seed 1 unless given. */
  readonly random?: Random;
  /** Called after every change of a stream. */
  readonly watch?: (change: Change) => void;
  /** Called with every stream that has ended. */
  readonly log?: (ended: Ended) => void;
}

/** Something that happened to the nth stream. */
export interface Change {
  readonly nth: number;
  readonly what: Event | 'open';
  /** Audio that the stream had received by then. */
  readonly audioMs: number;
}

/** The nth stream, once it is over. */
export interface Ended {
  readonly nth: number;
  /** A status by name, CANCELLED by the client, or a connection fault. */
  readonly how: string;
  readonly openMs: number;
  readonly audioMs: number;
  /** Where in its audio a known word stands; undefined when it heard none. */
  readonly firstWord: FirstWord | undefined;
}

export interface Report {
  /** Streams asked for, refused ones included. */
  readonly starts: number;
  readonly refused: number;
  /** The most streams that were open at once. */
  readonly openMax: number;
  /** Streams open now: none should be left when the clients are gone. */
  readonly open: readonly { readonly nth: number; openMs: number; audioMs: number }[];
  /** Of all streams, the open ones included. */
  readonly billedMs: number;
  readonly audioMs: number;
  readonly wordsHeard: number;
  /** Messages whose audio was over the limit. */
  readonly oversized: number;
  /** Streams by how they ended: a status by name, CANCELLED by the client, or a connection fault. */
  readonly ends: Readonly<Record<string, number>>;
  /** Scripted faults that struck, by kind, or by the code or limit they ended a stream with. */
  readonly faults: Readonly<Record<string, number>>;
}

const LATENCY: Latency = { interimMs: 150, finalMs: 250, activityMs: 50, tailMs: 250 };
const REPLIES_MAX = 1_000;

export class Emulator {
  readonly limits: Limits;
  readonly #options: EmulatorOptions;
  readonly #clock: Clock;
  readonly #script: FaultScript;
  readonly #quota: Quota;
  readonly #open = new Map<Stream, number>();
  readonly #ends = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  #starts = 0;
  #refused = 0;
  #openMax = 0;
  /** Of streams that have ended. */
  #billedMs = 0;
  #audioMs = 0;
  #wordsHeard = 0;
  #oversized = 0;

  constructor(clock: Clock, options: EmulatorOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    this.limits = scaleLimits({ ...GOOGLE_LIMITS, ...options.limits }, options.timeScale ?? 1);
    this.#script = new FaultScript(options.faults ?? [], options.random ?? randomOf(1));
    this.#quota = new Quota(this.limits);
  }

  /** The next stream. The front calls its start() when the sink is ready for it. */
  open(version: Version, connection: number, sink: StreamSink): Stream {
    const { manner, latency, timeStepMs = 1, repliesMax = REPLIES_MAX } = this.#options;
    const { wordTimes = true } = this.#options;
    this.#starts += 1;
    const nth = this.#starts;
    const refused = this.#quota.take(this.#clock.nowMs());
    const planned = this.#script.deal({ nth, version, connection });
    const stream: Stream = new Stream({
      version,
      clock: this.#clock,
      limits: this.limits,
      manner: { ...MANNER, ...manner },
      latency: { ...LATENCY, ...latency },
      timeStepMs,
      wordTimes,
      repliesMax,
      plan: new FaultPlan(planned),
      requestId: version === 'v1' ? String(nth) : uuidOf(nth),
      sink,
      refused,
      struck: (fault) => count(this.#faults, nameOf(fault)),
      watch: (what, how) => {
        if (what === 'end') this.#ended(nth, stream, how ?? 'UNKNOWN');
        this.#options.watch?.({ nth, what, audioMs: stream.audioMs });
      },
    });
    if (refused === undefined) this.#open.set(stream, nth);
    else this.#refused += 1;
    this.#openMax = Math.max(this.#openMax, this.#quota.open);
    this.#options.watch?.({ nth, what: 'open', audioMs: 0 });
    return stream;
  }

  report(): Report {
    const open = Array.from(this.#open.keys());
    const sum = (of: (stream: Stream) => number): number =>
      open.reduce((total, stream) => total + of(stream), 0);
    return {
      starts: this.#starts,
      refused: this.#refused,
      openMax: this.#openMax,
      open: Array.from(this.#open, ([{ openMs, audioMs }, nth]) => ({ nth, openMs, audioMs })),
      billedMs: this.#billedMs + sum(({ billedMs }) => billedMs),
      audioMs: this.#audioMs + sum(({ audioMs }) => audioMs),
      wordsHeard: this.#wordsHeard + sum(({ wordsHeard }) => wordsHeard),
      oversized: this.#oversized + sum(({ oversized }) => oversized),
      ends: Object.fromEntries(this.#ends),
      faults: Object.fromEntries(this.#faults),
    };
  }

  #ended(nth: number, stream: Stream, how: string): void {
    const { openMs, audioMs, firstWord } = stream;
    this.#options.log?.({ nth, how, openMs, audioMs, firstWord });
    count(this.#ends, how);
    if (!this.#open.delete(stream)) return;
    this.#quota.free();
    this.#billedMs += stream.billedMs;
    this.#audioMs += stream.audioMs;
    this.#oversized += stream.oversized;
    this.#wordsHeard += stream.wordsHeard;
  }
}

function uuidOf(nth: number): string {
  return `00000000-0000-4000-8000-${nth.toString(16).padStart(12, '0')}`;
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
