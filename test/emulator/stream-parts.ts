/**
 * Stream parts: what a stream is made with, and what it does to the front that carries it.
 */
import type { Clock } from '../../src/clock.ts';
import type { Fault, FaultPlan, LinkFault } from './faults.ts';
import type { EndName, Limits, Status, Version } from './limits.ts';
import type { Response } from './response.ts';
import type { Event } from './state.ts';
import type { Manner } from './transcriber.ts';

/** How long replies take to leave, in wall time. */
export interface Latency {
  readonly interimMs: number;
  readonly finalMs: number;
  readonly activityMs: number;
  /** From the half-close to the end. */
  readonly tailMs: number;
}

/** Which word it was, and where in the stream's audio it began. */
export interface FirstWord {
  readonly number: number;
  readonly atMs: number;
}

export interface StreamSink {
  send(response: Response): void;
  /** The last call. */
  end(status: Status): void;
  /** A fault of the connection. The front calls lost() when it takes the stream along. */
  link(fault: LinkFault): void;
}

export interface StreamParts {
  readonly version: Version;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly manner: Manner;
  readonly latency: Latency;
  readonly timeStepMs: number;
  readonly wordTimes: boolean;
  /** Replies that may wait for their latency; one more ends the stream with INTERNAL. */
  readonly repliesMax: number;
  readonly plan: FaultPlan;
  readonly requestId: string;
  readonly sink: StreamSink;
  /** The quota's no, if that is its answer. */
  readonly refused: EndName | undefined;
  /** A fault of the plan has struck. */
  readonly struck: (fault: Fault) => void;
  /** After every change, for whoever waits for one: what happened, or how the stream ended. */
  readonly watch: (what: Event, how?: string) => void;
}
