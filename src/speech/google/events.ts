/**
 * Google events: what happens to all streams and connections of the process, for whoever counts it.
 *
 * Nothing is told for a frame, and no text but Google's own, cut short: neither audio nor a transcript.
 */
import type { FaultClass } from './faults.ts';

/**
 * How a stream ended: by a fault of that class, or
 *   finished  as it was asked to
 *   aborted   by this side, which had no more use for it
 *   silent    by this side, since it answered no speech
 *   stalled   by this side, since it took no audio
 *   refused   before it began: while credentials are refused, or all connections are full
 */
export type EndClass = FaultClass | 'finished' | 'aborted' | 'silent' | 'stalled' | 'refused';

export interface StreamEnd {
  /** Google's gRPC status; -1 where there was none. */
  readonly code: number;
  /** Google's own, cut short; empty where it said nothing. */
  readonly text: string;
  readonly class: EndClass;
}

export interface GoogleEvents {
  /** So many streams are open. */
  onStreams(open: number): void;
  /** The first audio of a stream has left, `waitMs` after it was opened. */
  onStarted(waitMs: number): void;
  /** Credentials are refused: from now on nobody is served, but for a probe now and then. */
  onBreakerOpened(why: string): void;
  onBreakerClosed(): void;
  /** So many connections are open. */
  onChannels(open: number): void;
  /** A connection failed too often and takes no more streams. */
  onChannelReplaced(): void;
  /** A stream was answered: the quota allowed it. */
  onServed(): void;
  /** The first answer of a stream, `waitMs` after the first speech it was sent. */
  onFirstAnswer(waitMs: number): void;
  onStreamEnd(end: StreamEnd): void;
}
