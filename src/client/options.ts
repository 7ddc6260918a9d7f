/**
 * Options: what a stream is told, with defaults and ranges.
 */
import type { ServerMessage, StartFields } from '../wire/message.ts';
import type { StreamError } from './problem.ts';
import type { TokenSource } from './token.ts';

/** Where the stream is: each as it begins. */
export type StreamState =
  /** An attempt begins; attempt 0 is the first of all, or one after a wait for audio. */
  | { readonly state: 'connecting'; readonly attempt: number }
  /**
   * A session has begun, and its times and results count from 0 and 1. It is another one than
   * before when that could not be taken up again; its 0 is then at `fromMs` of the one before, and
   * all from there on is said again. Its summary is of it alone.
   */
  | { readonly state: 'live'; readonly session: string; readonly fromMs: number | undefined }
  /** The session goes on: times and results too. */
  | { readonly state: 'resumed'; readonly session: string; readonly by: 'held' | 'taken' }
  /** The connection has ended because of `why`; the next attempt begins in `waitMs`. */
  | {
      readonly state: 'reconnecting';
      readonly why: StreamError;
      readonly attempt: number;
      readonly waitMs: number;
    }
  /** The server has let a silent stream go; it connects again once there is audio. */
  | { readonly state: 'resting'; readonly why: StreamError }
  /** The last. Undefined: the summary has come. */
  | { readonly state: 'ended'; readonly why: StreamError | undefined };

export interface ConnectOptions {
  /** `ws://HOST:PORT/v1/stream`, or `wss:`. */
  readonly url: string;
  /**
   * The bearer token. A function is asked for each connection anew, may take `connectMsMax`, and is
   * asked once more when its token is refused; a rejection is tried again like a lost connection.
   */
  readonly token?: string | TokenSource | undefined;
  /**
   * The key of this device, as its backend has given it, 32 bytes as base64url: each frame is signed,
   * so that nobody on the way can alter it. It is never sent.
   */
  readonly deviceKey?: string | undefined;
  /** The session's configuration, as `start` says it. */
  readonly start: Omit<StartFields, 'resume' | 'integrity'>;
  /** Audio kept here, unsettled or not sent yet, in ms; at least 1,000; 90,000 unless given. */
  readonly storeMs?: number | undefined;
  /** How long one connection's `ready` may take, in ms; 10,000 unless given. */
  readonly connectMsMax?: number | undefined;
  /** How long the server may be silent before the connection counts as lost, in ms; 3,000 unless given. */
  readonly quietMsMax?: number | undefined;
  /** The ceiling of the first wait before another attempt, in ms; it doubles; 500 unless given. */
  readonly retryMsMin?: number | undefined;
  /** The ceiling of all such waits, in ms, but for what the server asks; 10,000 unless given. */
  readonly retryMsMax?: number | undefined;
  /**
   * How long attempts go on, in ms, before the stream ends with what ended the last one; 600,000
   * unless given, which is how long a resume token lives. 0: there is no second attempt. Counted
   * anew once something was settled or a connection has lasted 10 s.
   */
  readonly giveUpMsMax?: number | undefined;
  /** How many messages may wait for the iterator; 1,000 unless given. */
  readonly messagesMax?: number | undefined;
  /**
   * Every message of the server as it comes, but for finals and gaps that come again. An `error`
   * is not the end where another connection follows.
   */
  onMessage?(message: ServerMessage): void;
  /** After a write() that answered false: more is welcome. */
  onDrain?(): void;
  onState?(state: StreamState): void;
  /** The last event. Undefined: the summary has come. */
  onEnd?(problem: StreamError | undefined): void;
}

const LIMITS = {
  storeMs: { default: 90_000, min: 1_000 },
  connectMsMax: { default: 10_000, min: 1 },
  quietMsMax: { default: 3_000, min: 1 },
  retryMsMin: { default: 500, min: 1 },
  retryMsMax: { default: 10_000, min: 1 },
  giveUpMsMax: { default: 600_000, min: 0 },
  messagesMax: { default: 1_000, min: 1 },
} as const;

export type Limits = { readonly [L in keyof typeof LIMITS]: number };

/** The limits asked for, or their defaults. Throws a RangeError for one out of its range. */
export function limitsOf(options: ConnectOptions): Limits {
  const limit = (name: keyof Limits): number => {
    const value = options[name] ?? LIMITS[name].default;
    if (value >= LIMITS[name].min) return value;
    throw new RangeError(`${name} is ${value}, expected at least ${LIMITS[name].min}`);
  };
  return {
    storeMs: limit('storeMs'),
    connectMsMax: limit('connectMsMax'),
    quietMsMax: limit('quietMsMax'),
    retryMsMin: limit('retryMsMin'),
    retryMsMax: limit('retryMsMax'),
    giveUpMsMax: limit('giveUpMsMax'),
    messagesMax: limit('messagesMax'),
  };
}

/** The URL without what may be secret in it: for messages. */
export function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
