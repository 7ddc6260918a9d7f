/**
 * Origin: which web pages may connect (pure).
 *
 * A browser lets any page open a WebSocket anywhere, and says whose page it is; so the server decides.
 * Apps send no origin. Cookies are never looked at: nobody's browser vouches for a page.
 */
import { isIP } from 'node:net';
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
  config: Pick<Config, 'origins' | 'host' | 'page' | Key>,
): Refused | undefined {
  const { origins, host } = config;
  if (origin === '' || isAllowed(origin, origins, host)) return undefined;
  if (origins === undefined && isOwn(origin, asked, config)) return undefined;
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
 * Only where the server is open to a network, and nobody has listed origins. A foreign page may come
 * under a name of its own that was made to lead here: then it still needs a token; where nobody does, only
 * an address is believed, which no page can have made.
 */
function isOwn(
  origin: string,
  asked: string,
  config: Pick<Config, 'host' | 'page' | Key>,
): boolean {
  if (config.page === 'off' || isLoopback(config.host)) return false;
  if (!isKeyed(config) && !isAddress(nameOf(asked))) return false;
  return URL.canParse(origin) && /^https?:/.test(origin) && new URL(origin).host === asked;
}

type Key = 'authSecret' | 'authKeysFile' | 'authJwksUrl';

/** Whether who comes in needs a token. */
function isKeyed({ authSecret, authKeysFile, authJwksUrl }: Pick<Config, Key>): boolean {
  return (authSecret ?? authKeysFile ?? authJwksUrl) !== undefined;
}

/** The header `Host` without a port, and an address of IPv6 without its brackets. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
}

/** What no name server has a say in. */
function isAddress(name: string): boolean {
  return isLoopback(name) || isIP(name) !== 0;
}

/** Whether the header `Host` is an address or localhost: no page comes under such a one but from there. */
export function isAskedByAddress(host: string): boolean {
  return isAddress(nameOf(host));
}

/**
 * Where no key is set, only this machine is meant; but a proxy on it brings everybody. Why who comes by
 * one may not come in, or undefined: EARSHOT_AUTH=none lets them in, since somebody has said so.
 */
export function proxyProblem(
  { host, isForwarded }: { readonly host: string; readonly isForwarded: boolean },
  config: Pick<Config, 'auth' | Key>,
): Refused | undefined {
  if (config.auth !== 'auto' || isKeyed(config)) return undefined;
  if (!isForwarded && (host === '' || isLoopback(nameOf(host)))) return undefined;
  const message =
    'a proxy brought this, or another name than localhost did, expected a key to be set; or EARSHOT_AUTH=none, which lets anybody in';
  return { status: 403, message, code: 'forbidden' };
}
