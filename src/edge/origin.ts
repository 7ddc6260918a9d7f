/**
 * Origin: which web pages may connect (pure).
 *
 * A browser lets any page open a WebSocket anywhere, and says whose page it is; so the server decides.
 * Apps send no origin. Cookies are never looked at: nobody's browser vouches for a page.
 */
import type { Config } from '../config.ts';
import { isLoopback } from '../config.ts';
import type { Refused } from './auth.ts';

/** Why a page may not connect, or undefined when it may, or there is none. */
export function originProblem(
  origin: string,
  { origins, host }: Pick<Config, 'origins' | 'host'>,
): Refused | undefined {
  if (origin === '' || isAllowed(origin, origins, host)) return undefined;
  const message = `pages of this origin may not connect, expected one of EARSHOT_ORIGINS`;
  return { status: 403, message };
}

function isAllowed(origin: string, origins: readonly string[] | undefined, host: string): boolean {
  if (origins !== undefined) return origins.includes(origin) || origins.includes('*');
  if (!isLoopback(host) || !URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return /^https?:$/.test(protocol) && isLoopback(hostname.replace(/^\[|\]$/g, ''));
}
