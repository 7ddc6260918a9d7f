/**
 * Admission: may one more device come in now? (pure)
 */
import type { Refused } from './auth.ts';

export interface House {
  readonly sessions: number;
  readonly sessionsMax: number;
  /** Whether this process is on its way out. */
  readonly draining: boolean;
  /** Whether this process has more to do than it can. */
  readonly overloaded: boolean;
}

/** A server that is full or leaving is asked again after this. */
const RETRY_AFTER_MS = 5_000;

export function admit(house: House): Refused | undefined {
  if (house.draining) return refusal('this server is going away, expected another one to answer');
  if (house.overloaded) return refusal('this server has too much to do, expected less soon');
  if (house.sessions < house.sessionsMax) return undefined;
  return refusal(`all ${house.sessionsMax} connections are taken, expected one again soon`);
}

function refusal(message: string): Refused {
  return { status: 503, message, retryAfterMs: RETRY_AFTER_MS };
}
