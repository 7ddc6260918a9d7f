/**
 * Google watch: what the Google recognizer does, as series and log lines.
 *
 * All streams of a fleet may fail within a second. Of each kind of event one line is written in a few
 * seconds, and the next one says how many were left out; the series count every one.
 */
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { STREAM_ENDS } from '../metrics.ts';
import type { EndClass, GoogleEvents, StreamEnd } from '../speech/google/events.ts';
import { nameOf } from '../speech/google/faults.ts';

/** Between two lines about the same. */
const LINE_MS_MIN = 5_000;

/** Ends that somebody may want to know of: the others are how streams end, or follow from another line. */
const LOGGED: readonly EndClass[] = [
  'transient',
  'quota',
  'bug',
  'config',
  'credentials',
  'silent',
];

/** Is told what the quota allows, where that isn't this process's own business. */
export interface QuotaEvents {
  served(): void;
  refused(): void;
}

export class GoogleWatch implements GoogleEvents {
  readonly #quota: QuotaEvents | undefined;
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #clock: Clock;
  /** By kind of event: as many as there are series. */
  readonly #lines = new Map<string, { readonly atMs: number; leftOut: number }>();

  constructor(metrics: Metrics, log: Log, clock: Clock, quota?: QuotaEvents) {
    this.#quota = quota;
    this.#metrics = metrics;
    this.#log = log;
    this.#clock = clock;
  }

  onBreakerOpened(why: string): void {
    this.#log.warn({ why }, 'Google refuses the credentials, nobody is served');
  }

  onBreakerClosed(): void {
    this.#log.info({}, 'Google takes the credentials again');
  }

  onStreams(open: number): void {
    this.#metrics.streamsOpen = open;
  }

  onStarted(waitMs: number): void {
    this.#metrics.streamStart.observe(waitMs / 1000);
  }

  onChannels(open: number): void {
    this.#metrics.channels = open;
  }

  onChannelReplaced(): void {
    this.#metrics.channelsReplaced += 1;
    this.#warn(
      'channel',
      { channels: this.#metrics.channels },
      'a connection to Google is replaced',
    );
  }

  onServed(): void {
    this.#quota?.served();
  }

  onFirstAnswer(waitMs: number): void {
    this.#metrics.firstAnswer.observe(waitMs / 1000);
  }

  onStreamEnd(end: StreamEnd): void {
    if (end.class === 'quota') this.#quota?.refused();
    const code = nameOf(end.code) ?? 'none';
    const pair = `${code} ${end.class}`;
    this.#metrics.streamEnds[STREAM_ENDS.find((each) => each === pair) ?? 'none transient'] += 1;
    if (!LOGGED.includes(end.class)) return;
    this.#warn(pair, { code, class: end.class, text: end.text }, 'a stream of Google failed');
  }

  /** Unless there was such a line just now. */
  #warn(kind: string, fields: object, message: string): void {
    const nowMs = this.#clock.nowMs();
    const last = this.#lines.get(kind);
    if (last !== undefined && nowMs - last.atMs < LINE_MS_MIN) {
      last.leftOut += 1;
      return;
    }
    this.#lines.set(kind, { atMs: nowMs, leftOut: 0 });
    const leftOut = last?.leftOut ?? 0;
    this.#log.warn(leftOut === 0 ? fields : { ...fields, leftOut }, message);
  }
}
