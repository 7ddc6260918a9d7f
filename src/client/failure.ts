/**
 * Failures: why a connection never came, on Node, as a sentence that says what to check.
 */
import { SUBPROTOCOL } from '../wire/limits.ts';
import { addressOf } from './options.ts';
import type { Failure } from './socket.ts';

const STATUS: { readonly [status: number]: string } = {
  400: 'the request was malformed',
  401: 'the token is missing or not valid',
  403: 'the token or the origin is not allowed',
  404: 'there is nothing at this path: a stream is at /v1/stream',
  426: 'it speaks another protocol: is the server of this version?',
  429: 'too many connections: try again later',
  503: 'the server is full or about to stop: try again later',
};

/** An HTTP answer in place of a WebSocket; `retryAfter` is the header, in seconds. */
export function refused(url: string, status: number, retryAfter: string | undefined): Failure {
  const why = STATUS[status] ?? 'this is no Earshot server, or something in front of it refuses';
  const message = `${addressOf(url)} answered HTTP ${status}: ${why}`;
  const retryable = status === 429 || status >= 500;
  const seconds = Number(retryAfter);
  if (!(retryable && seconds >= 0)) return { message, retryable, status };
  return { message, retryable, retryAfterMs: seconds * 1000, status };
}

const CAUSES: { readonly [code: string]: string } = {
  ECONNREFUSED: 'nothing listens there: is the server running, and on this port?',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up: is there a network?',
  ETIMEDOUT: 'the host does not answer',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ECONNRESET:
    'it closed the connection before a WebSocket was there: ws:// where wss:// is needed?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: use ws://',
  EPROTO: 'it does not speak TLS: use ws://',
};

/** What Node or ws said when there was no connection. */
export function failed(url: string, error: Error): Failure {
  const code = 'code' in error ? String(error.code) : '';
  return { message: `${addressOf(url)}: ${why(code, error.message)}`, retryable: code in CAUSES };
}

function why(code: string, message: string): string {
  if (code in CAUSES) return `${CAUSES[code]} (${code})`;
  if (code.startsWith('HPE_'))
    return `what it answers is no HTTP: is it an Earshot server? (${code})`;
  if (message.includes('subprotocol')) return `it has WebSockets, but not ${SUBPROTOCOL}`;
  return message;
}
