/**
 * Link: what faults of the connection look like to a client, for a front that has no connection.
 *
 * Codes and texts are those of @grpc/grpc-js 1.14.7, read off a real client (grpc.test.ts compares).
 */
import type { Status } from './limits.ts';

/** The client's own cancel(), and a connection that broke under a running call. */
export const LOST = {
  cancelled: { code: 'CANCELLED', text: 'Cancelled on client' },
  cut: { code: 'UNAVAILABLE', text: 'Connection dropped' },
} as const satisfies Record<string, Status>;

const RESETS: Readonly<Record<number, Status>> = {
  2: { code: 'INTERNAL', text: 'Received RST_STREAM with code 2 (Internal server error)' },
  // A call refused before its first response is tried once more by the library itself.
  7: { code: 'UNAVAILABLE', text: 'Stream refused by server' },
  8: { code: 'CANCELLED', text: 'Call cancelled' },
  11: { code: 'RESOURCE_EXHAUSTED', text: 'Bandwidth exhausted or memory limit exceeded' },
  12: { code: 'PERMISSION_DENIED', text: 'Protocol not secure enough' },
};

/** What a reset with this HTTP/2 error code looks like. */
export function resetStatus(errorCode: number): Status {
  const text = `Received RST_STREAM with code ${errorCode}`;
  return RESETS[errorCode] ?? { code: 'INTERNAL', text };
}
