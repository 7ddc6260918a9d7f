/**
 * Answers: what the server says, checked as far as the client relies on it.
 *
 * A type that this client doesn't know is `unknown` and no fault: so the server can grow.
 */
import type { ServerMessage } from '../wire/message.ts';

/** The numbers without which the client can't go on. */
const NUMBERS: { readonly [T in ServerMessage['type']]: readonly string[] } = {
  ready: ['frame', 'windowMs', 'maxFrameBytes', 'maxFrameMs', 'keepaliveMs'],
  ack: ['received', 'settled', 'settledMs', 'windowMs'],
  queued: [],
  interim: ['start', 'end'],
  final: ['result', 'start', 'end', 'settled', 'settledMs'],
  gap: ['start', 'end', 'settled', 'settledMs'],
  warning: [],
  goaway: ['timeLeftMs'],
  summary: ['receivedMs'],
  error: [],
};

/** A message of the server; `unknown` is to be passed over; undefined is not earshot.v1. */
export function parseAnswer(text: string): ServerMessage | 'unknown' | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || !('type' in json)) return undefined;
  const { type } = json;
  if (typeof type !== 'string') return undefined;
  if (!Object.hasOwn(NUMBERS, type)) return 'unknown';
  const fields: Record<string, unknown> = { ...json };
  const whole = NUMBERS[type as ServerMessage['type']].every((name) => isCount(fields[name]));
  return whole ? (json as ServerMessage) : undefined;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
