/**
 * Socket options: what uWebSockets.js is told, each within the range that it survives.
 *
 * Out of range, some of these abort the process without a word, so each is checked before.
 */
import { strict as assert } from 'node:assert';
import { TEXT_BYTES_MAX } from '../wire/limits.ts';

export interface SocketLimits {
  readonly idleMsMax: number;
  readonly outboxBytesMax: number;
}

/** Seconds; 8..960 is what the socket layer survives, and 0 would be never. */
const IDLE_S = { min: 8, max: 960 } as const;
/** Over the largest message that is answered with an error, so that a client learns why. */
const PAYLOAD_BYTES_MAX = 4 * TEXT_BYTES_MAX;

const INT32_MAX = 2 ** 31 - 1;

export function socketOptions(limits: SocketLimits) {
  // Beyond this the socket layer drops silently; the outbox stops long before.
  const maxBackpressure = Math.min(INT32_MAX, 2 * limits.outboxBytesMax);
  // The session's own idle rule comes first; this finds a peer that is gone without a word.
  const idleTimeout = Math.ceil((2 * limits.idleMsMax) / 1000);
  return {
    maxPayloadLength: PAYLOAD_BYTES_MAX,
    maxBackpressure: inRange('maxBackpressure', maxBackpressure, 1, INT32_MAX),
    idleTimeout: Math.min(IDLE_S.max, Math.max(IDLE_S.min, idleTimeout)),
    sendPingsAutomatically: true,
    // 0: sessions last as long as people talk.
    maxLifetime: 0,
    // An answer of 'dropped' is handled; a cut without a close frame could not be explained.
    closeOnBackpressureLimit: 0,
    // Off: audio does not compress, and each window costs memory.
    compression: 0,
  };
}

function inRange(name: string, value: number, min: number, max: number): number {
  assert(Number.isInteger(value) && value >= min && value <= max, `${name} is ${value}`);
  return value;
}
