/**
 * Problems: why a stream ended without its summary, in one class with codes.
 *
 * It is the client's own: src/errors.ts is the server's.
 */
import type { CloseWord } from '../wire/close.ts';
import { isRetryable } from '../wire/close.ts';
import type { ErrorMessage } from '../wire/message.ts';

/**
 * Words of the client itself:
 *   unreachable  the connection never came
 *   lost         it ended without a word, or nothing came over it for too long
 *   no_token     the callback that gives the token failed, or took too long
 *   bad_answer   what came is not earshot.v1
 *   slow_reader  the async iterator was read too slowly; the stream itself goes on
 *   closed       close() was called
 */
export const OWN_CODES = [
  'unreachable',
  'lost',
  'no_token',
  'bad_answer',
  'slow_reader',
  'closed',
] as const;

/** A CloseWord is the server's, from its `error`. */
export type ProblemCode = CloseWord | (typeof OWN_CODES)[number];

export interface ProblemFields {
  readonly code: ProblemCode;
  /** A sentence for a person. */
  readonly message: string;
  /** Whether another stream with the same options may succeed. */
  readonly retryable: boolean;
  /** How long to wait before that, when the server said so. */
  readonly retryAfterMs?: number | undefined;
  /** The WebSocket close code, when there was one. */
  readonly close?: number | undefined;
  /** The HTTP status, when one came in place of a WebSocket. */
  readonly status?: number | undefined;
}

export class StreamError extends Error {
  readonly code: ProblemCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly close: number | undefined;
  readonly status: number | undefined;

  constructor(fields: ProblemFields) {
    super(fields.message);
    this.name = 'StreamError';
    this.code = fields.code;
    this.retryable = fields.retryable;
    this.retryAfterMs = fields.retryAfterMs;
    this.close = fields.close;
    this.status = fields.status;
  }
}

/** A problem that the client itself noticed; not retryable unless said. */
export function problem(
  code: ProblemCode,
  message: string,
  more: Partial<Pick<ProblemFields, 'retryable' | 'retryAfterMs' | 'status'>> = {},
): StreamError {
  return new StreamError({ code, message, retryable: false, ...more });
}

/** What ended the last attempt, once there is no next one. */
export function gaveUp(last: StreamError, afterMs: number): StreamError {
  const { code, retryable, retryAfterMs, close, status } = last;
  const message = `${last.message}; gave up after ${afterMs} ms`;
  return new StreamError({ code, message, retryable, retryAfterMs, close, status });
}

/** The end that the server's `error` announced; `close` is undefined when no close code came. */
export function refusal(error: ErrorMessage, close: number | undefined): StreamError {
  const { code, message, retryable, retryAfterMs } = error;
  return new StreamError({ code, message, retryable, retryAfterMs, close });
}

/** A connection that ended with no word from the server. */
export function lost(address: string, close: number, reason: string): StreamError {
  const why = reason === '' ? '' : ` '${reason}'`;
  return new StreamError({
    code: 'lost',
    message: `${address} ended the connection without a summary (close code ${close}${why})`,
    retryable: isRetryable(close),
    close,
  });
}
