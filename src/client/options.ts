/**
 * Options: what a stream is told, with defaults and ranges.
 */
import type { ServerMessage, StartFields } from '../wire/message.ts';
import type { StreamError } from './problem.ts';

export interface ConnectOptions {
  /** `ws://HOST:PORT/v1/stream`, or `wss:`. */
  readonly url: string;
  readonly token?: string | undefined;
  /** The session's configuration, as `start` says it. */
  readonly start: StartFields;
  /** Audio kept here, unsettled or not sent yet, in ms; at least 1,000; 90,000 unless given. */
  readonly storeMs?: number | undefined;
  /** How long `ready` may take; 10,000 unless given. */
  readonly connectMsMax?: number | undefined;
  /** How long the server may be silent before the connection counts as lost; 20,000 unless given. */
  readonly quietMsMax?: number | undefined;
  /** How many messages may wait for the iterator; 1,000 unless given. */
  readonly messagesMax?: number | undefined;
  /** Every message of the server, as it comes. */
  onMessage?(message: ServerMessage): void;
  /** After a write() that answered false: more is welcome. */
  onDrain?(): void;
  /** The last event. Undefined: the summary has come. */
  onEnd?(problem: StreamError | undefined): void;
}

export interface Limits {
  readonly storeMs: number;
  readonly connectMsMax: number;
  readonly quietMsMax: number;
  readonly messagesMax: number;
}

const LIMITS: { readonly [L in keyof Limits]: { readonly default: number; readonly min: number } } =
  {
    storeMs: { default: 90_000, min: 1_000 },
    connectMsMax: { default: 10_000, min: 1 },
    quietMsMax: { default: 20_000, min: 1 },
    messagesMax: { default: 1_000, min: 1 },
  };

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
    messagesMax: limit('messagesMax'),
  };
}

/** The URL without what may be secret in it: for messages. */
export function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
