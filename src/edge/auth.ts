/**
 * Auth: who is this device?
 *
 * There are no keys yet: every device is anonymous, and the server listens on loopback unless told
 * otherwise. A token in the address is refused all the same, so that nobody gets used to it.
 */
import type { Device } from '../session/surroundings.ts';

export type Identified = { readonly device: Device } | { readonly refused: Refused };

export interface Refused {
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Names under which people put secrets into addresses. */
const SECRET_NAMES =
  /(^|&)((access|id)[_-]?)?(token|key|auth(orization)?|bearer|jwt|api[_-]?key|secret|password)=/i;

export function identify(query: string): Identified {
  if (SECRET_NAMES.test(query)) {
    const message = 'a token in the address ends up in logs, expected the header Authorization';
    return { refused: { status: 400, message } };
  }
  return { device: { id: 'anonymous', fleet: 'default' } };
}
