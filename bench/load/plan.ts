/**
 * Plan: what the load of a bench is told to do, and what it says of it (types alone).
 */
import type { Form } from './frames.ts';
import type { Address } from './raw-socket.ts';

/** From now on so many sessions, of which the ones before are a part. */
export interface Step {
  readonly sessions: number;
  readonly warmMs: number;
  readonly measureMs: number;
}

export interface Plan {
  readonly address: Address;
  /** Whether the server is told `start`, answers `ready`, and says a summary after `finish`. */
  readonly speaks: 'earshot' | 'nothing';
  readonly form: Form;
  /** Of audio, in a frame; 0 sends none. */
  readonly frameBytes: number;
  readonly frameMs: number;
  /** By the clock, or as fast as it is taken. */
  readonly pace: 'due' | 'flood';
  /** Sessions that come and go before, so that the server's code is compiled; 0: none. */
  readonly warmUp: number;
  readonly steps: readonly Step[];
  /** No further step is taken once results, or this process, are so late, or a session is refused. */
  readonly drownedMs: number;
  /** Nor once the server takes so much of a core. */
  readonly busyMax: number;
  /** Processes of the server, whose time and memory are read. */
  readonly pids: readonly number[];
  /** Whether SIGUSR2 has the server collect garbage: before its memory is read. */
  readonly collects: boolean;
}

export interface Delays {
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly mostMs: number;
  readonly count: number;
}

/** One step, between the end of its warming up and its own end. */
export interface Stepped {
  readonly sessions: number;
  /** By the clock of the machine. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly frames: number;
  /** Of the server. */
  readonly cpuUs: number;
  readonly rssKb: number;
  /** Of one core, by this process. */
  readonly loadShare: number;
  /** How late frames were given to the kernel, by this process. */
  readonly late: Delays;
  /** Frames that found that earlier ones of theirs had not left yet. */
  readonly held: number;
  /** From the sink behind the server to here. */
  readonly results: Delays;
}

export interface Ended {
  readonly frames: number;
  /** Of audio, as summaries have it. */
  readonly receivedMs: number;
  /** Sessions that got their summary, or the close that they were to get. */
  readonly finished: number;
  /** Those that ended early, or did not end, by why. */
  readonly wrong: { readonly [why: string]: number };
  /** How often each type of message came. */
  readonly messages: { readonly [type: string]: number };
}

/** Lines of the load, in this order. */
export type LoadLine =
  | { readonly type: 'base'; readonly rssKb: number }
  | ({ readonly type: 'step' } & Stepped)
  | ({ readonly type: 'end' } & Ended);
