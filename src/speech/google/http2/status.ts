/**
 * Status: how a call ended, read off HTTP/2 as @grpc/grpc-js reads it (pure).
 *
 * faults.ts tells ends apart by these words too, so they are the library's own. One end is another: a
 * response that is too large ends with 13 here and with 8 there, which faults.ts would take for quota.
 */
import { constants } from 'node:http2';
import { status as GRPC } from '@grpc/grpc-js';

export interface Status {
  readonly code: number;
  readonly text: string;
}

type Headers = Readonly<Record<string, string | readonly string[] | number | undefined>>;

const OF_HTTP: { readonly [status: number]: number } = {
  400: GRPC.INTERNAL,
  401: GRPC.UNAUTHENTICATED,
  403: GRPC.PERMISSION_DENIED,
  404: GRPC.UNIMPLEMENTED,
  429: GRPC.UNAVAILABLE,
  502: GRPC.UNAVAILABLE,
  503: GRPC.UNAVAILABLE,
  504: GRPC.UNAVAILABLE,
};

/** Of an answer that is not gRPC's. */
export function statusOfHttp(status: number): Status {
  const text = `Received HTTP status code ${status}`;
  return { code: OF_HTTP[status] ?? GRPC.UNKNOWN, text };
}

/** Of the trailers, or of headers with which the answer ends; `http` is the answer's HTTP status. */
export function statusOfTrailers(trailers: Headers, http: number | undefined): Status {
  const status = trailers['grpc-status'];
  if (status !== undefined) {
    const code = /^\d{1,9}$/.test(String(status)) ? Number(status) : GRPC.UNKNOWN;
    return { code, text: unescaped(String(trailers['grpc-message'] ?? '')) };
  }
  if (http !== undefined) return statusOfHttp(http);
  return { code: GRPC.UNKNOWN, text: 'No status information received' };
}

/** What is no escape stays as it is. */
function unescaped(text: string): string {
  return text.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString(),
  );
}

export const DROPPED: Status = { code: GRPC.UNAVAILABLE, text: 'Connection dropped' };

const RESETS: { readonly [code: number]: Status } = {
  [constants.NGHTTP2_NO_ERROR]: {
    code: GRPC.INTERNAL,
    text: 'Received RST_STREAM with code 0 (Call ended without gRPC status)',
  },
  [constants.NGHTTP2_INTERNAL_ERROR]: {
    code: GRPC.INTERNAL,
    text: 'Received RST_STREAM with code 2 (Internal server error)',
  },
  [constants.NGHTTP2_REFUSED_STREAM]: {
    code: GRPC.UNAVAILABLE,
    text: 'Stream refused by server',
  },
  [constants.NGHTTP2_CANCEL]: { code: GRPC.CANCELLED, text: 'Call cancelled' },
  [constants.NGHTTP2_ENHANCE_YOUR_CALM]: {
    code: GRPC.RESOURCE_EXHAUSTED,
    text: 'Bandwidth exhausted or memory limit exceeded',
  },
  [constants.NGHTTP2_INADEQUATE_SECURITY]: {
    code: GRPC.PERMISSION_DENIED,
    text: 'Protocol not secure enough',
  },
};

/** Of a stream that closed with this HTTP/2 error code and without trailers. */
export function statusOfReset(code: number, http: number | undefined): Status {
  const isAnswered = http !== undefined && http !== 200;
  if (code === constants.NGHTTP2_NO_ERROR && isAnswered) return statusOfHttp(http);
  return RESETS[code] ?? { code: GRPC.INTERNAL, text: `Received RST_STREAM with code ${code}` };
}

/** Something that this side can't read or won't send. */
export function broken(text: string): Status {
  return { code: GRPC.INTERNAL, text };
}

export function unreachable(text: string): Status {
  return { code: GRPC.UNAVAILABLE, text: `No connection established. Last error: ${text}` };
}

/** Credentials are there and give no token. */
export function unsigned(text: string): Status {
  return { code: GRPC.UNKNOWN, text: `Getting metadata from plugin failed with error: ${text}` };
}

export function overdue(ms: number): Status {
  return { code: GRPC.DEADLINE_EXCEEDED, text: `Deadline exceeded after ${ms / 1000}s` };
}
