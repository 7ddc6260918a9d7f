/**
 * Reasons: why a session ends, in a code and a sentence (pure).
 */
import type { Config } from '../config.ts';
import type { StreamFault } from '../speech/recognizer.ts';
import { CLOSE, isRetryable } from '../wire/close.ts';
import type { Fault } from '../wire/fault.ts';
import type { ErrorMessage } from '../wire/message.ts';
import type { State } from './state.ts';
import type { Reason } from './surroundings.ts';

/** When a device that was too fast, or sent too much, may come back. */
const TOO_FAST_RETRY_MS = 5_000;

/** What is wrong with something that the device sent. */
export function faulty({ code, message }: Fault): Reason {
  const retry =
    code === 'too_fast' || code === 'rate_limited' ? { retryAfterMs: TOO_FAST_RETRY_MS } : {};
  return { code, message, ...retry };
}

/** No slot in time, or none to wait for. */
export function refused(retryAfterMs: number): Reason {
  const message = `no recognizer stream was free in time, expected one again in ${retryAfterMs} ms`;
  return { code: 'overloaded', message, retryAfterMs };
}

export function failed({ kind, message }: StreamFault): Reason {
  const code = kind === 'config' ? 'upstream_rejected' : 'upstream_unavailable';
  return { code, message: `the recognizer failed: ${message}` };
}

/** The outbox is full. */
export function unread(bytesMax: number): Reason {
  const message = `more than ${bytesMax} bytes of results wait to be read`;
  return { code: 'slow_consumer', message };
}

/** `what` came on a socket whose session has no place for it in `state`, if that is so. */
export function misplaced(what: string, state: State): Fault | undefined {
  if (state === 'opening') {
    return { code: 'bad_message', message: `${what} came before ready, expected start` };
  }
  if (state !== 'finishing') return undefined;
  return { code: 'bad_message', message: `${what} came after finish, expected nothing` };
}

export const SECOND_START: Fault = {
  code: 'bad_message',
  message: 'a second start came, expected one a session',
};

/** For how long a session with a socket has waited for its device: to start, to speak, to read. */
export interface Waits {
  readonly state: State;
  readonly openMs: number;
  readonly quietMs: number;
  readonly unseenMs: number;
}

/** What it has waited for too long, if anything. */
export function overdue(waits: Waits, config: Config): Reason | undefined {
  const { state, openMs, quietMs, unseenMs } = waits;
  const { startMsMax, idleMsMax, unseenMsMax } = config;
  if (state === 'opening' && openMs >= startMsMax) {
    const message = `no start came within ${startMsMax} ms of the connection`;
    return { code: 'start_timeout', message };
  }
  if (state === 'open' && quietMs >= idleMsMax) {
    const message = `neither audio nor keepalive came for ${idleMsMax} ms`;
    return { code: 'idle', message };
  }
  if (unseenMs < unseenMsMax) return undefined;
  const message = `a final was not seen within ${unseenMsMax} ms, expected seen for every final`;
  return { code: 'slow_consumer', message };
}

/** `unsettled`: the range without an outcome, if there is one. */
export function errorOf(
  reason: Reason,
  unsettled: Pick<ErrorMessage, 'from' | 'to'> = {},
): ErrorMessage {
  const retryable = isRetryable(CLOSE[reason.code].close);
  return { type: 'error', ...reason, retryable, ...unsettled };
}

/** For the socket that another one has replaced: nothing of the session has ended. */
export const REPLACED = errorOf({
  code: 'replaced',
  message: 'a newer connection took this session',
});
