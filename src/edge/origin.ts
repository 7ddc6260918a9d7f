/**
 * Origin: which web pages may connect (pure).
 *
 * A browser lets any page open a WebSocket anywhere, and says whose page it is; so the server decides.
 * Apps send no origin. Cookies are never looked at: nobody's browser vouches for a page.
 */
import type { Config } from '../config.ts';
import { isLoopback } from '../config.ts';
import type { Refused } from './auth.ts';

/**
 * Why a page may not connect, or undefined when it may, or there is none. `asked` is the header `Host`,
 * by which a server that is open to a network knows its own page.
 */
export function originProblem(
  origin: string,
  asked: string,
  config: Pick<Config, 'origins' | 'host' | 'page'>,
): Refused | undefined {
  const { origins, host } = config;
  if (origin === '' || isAllowed(origin, origins, host)) return undefined;
  if (config.page === 'on' && !isLoopback(host) && isOwn(origin, asked)) return undefined;
  const message = `pages of this origin may not connect, expected one of EARSHOT_ORIGINS`;
  return { status: 403, message };
}

function isAllowed(origin: string, origins: readonly string[] | undefined, host: string): boolean {
  if (origins !== undefined) return origins.includes(origin) || origins.includes('*');
  if (!isLoopback(host) || !URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return /^https?:$/.test(protocol) && isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

/**
 * Only where the server is open to a network. A foreign page may come under a name of its own that was
 * made to lead here: then it still needs a token, or nobody does; on loopback it would need none.
 */
function isOwn(origin: string, asked: string): boolean {
  return URL.canParse(origin) && /^https?:/.test(origin) && new URL(origin).host === asked;
}
