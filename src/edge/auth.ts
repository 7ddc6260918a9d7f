/**
 * Auth: who is this device?
 *
 * By a token in the header `Authorization`, or from a browser, which can set none, in the list of
 * subprotocols; never in the address, which ends up in logs. Where no key is configured every device
 * is anonymous, and the server listens on loopback unless told otherwise in so many words.
 */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { CloseWord } from '../wire/close.ts';
import type { Visitor } from './claims.ts';
import { isVisitor, readClaims } from './claims.ts';
import type { Verify } from './jwt.ts';
import { newVerify } from './jwt.ts';

export interface Refused {
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
  readonly retryAfterMs?: number;
  /** What an `error` calls it, where that differs from what the status says. */
  readonly code?: CloseWord;
}

/** What of a request says who asks. */
export interface Credentials {
  readonly query: string;
  readonly authorization: string;
  readonly subprotocols: readonly string[];
}

export type Identified = Visitor | Refused;

export interface Auth {
  /** At once where nobody needs a token. */
  identify(credentials: Credentials): Identified | Promise<Identified>;
  /** From now on by the keys that are in the file; throws `config_invalid` for keys that are none. */
  renew(): void;
}

/** Names under which people put secrets into addresses. */
const SECRET_NAMES =
  /(^|&)((access|id)[_-]?)?(token|key|auth(orization)?|bearer|jwt|api[_-]?key|secret|password)=/i;
const BEARER = /^bearer +(\S+) *$/i;
/** Before the token, in the list of subprotocols. */
const OFFERED = 'bearer.';
/** What is longer is no token: a few claims and a signature. */
const TOKEN_CHARS_MAX = 3_000;
/** When keys that can't be had are asked for again. */
const KEYLESS_RETRY_MS = 5_000;

const ANYBODY: Visitor = { device: { id: 'anonymous', fleet: 'default' }, terms: undefined };

/** Whether a token came in the list of subprotocols, as from a browser: it never sees an HTTP status. */
export function isOffered({ subprotocols }: Pick<Credentials, 'subprotocols'>): boolean {
  return subprotocols.some((each) => each.startsWith(OFFERED));
}

/** By what the configuration says; throws `config_invalid` for keys that are none. */
export function newAuth(config: Config, clock: Pick<Clock, 'wallMs' | 'nowMs'>): Auth {
  let verify = newVerify(config, clock);
  return {
    renew: () => {
      if (config.authKeysFile !== undefined) verify = newVerify(config, clock);
    },
    identify: (credentials) => {
      const secretive = inAddress(credentials.query);
      if (secretive !== undefined || verify === undefined) return secretive ?? ANYBODY;
      const token = tokenIn(credentials);
      return typeof token === 'string' ? check(token, verify, config, clock) : token;
    },
  };
}

function inAddress(query: string): Refused | undefined {
  if (!SECRET_NAMES.test(query)) return undefined;
  const message = 'a token in the address ends up in logs, expected the header Authorization';
  return { status: 400, message };
}

function tokenIn({ authorization, subprotocols }: Credentials): string | Refused {
  const tokens = [
    ...(authorization === '' ? [] : [BEARER.exec(authorization)?.[1] ?? '']),
    ...subprotocols
      .filter((each) => each.startsWith(OFFERED))
      .map((each) => each.slice(OFFERED.length)),
  ];
  const [token, ...more] = tokens;
  if (token === undefined) {
    return { status: 401, message: 'no token came, expected Authorization: Bearer <token>' };
  }
  if (more.length > 0) return { status: 400, message: 'several tokens came, expected one' };
  return token.length > TOKEN_CHARS_MAX ? FORGED : token;
}

const FORGED: Refused = {
  status: 401,
  message: 'the token is not valid: no key of this server has signed it',
};
const KEYLESS: Refused = {
  status: 503,
  message: 'the keys that tokens are signed with are out of reach, expected them soon',
  retryAfterMs: KEYLESS_RETRY_MS,
};

async function check(
  token: string,
  verify: Verify,
  config: Config,
  clock: Pick<Clock, 'wallMs'>,
): Promise<Identified> {
  const payload = await verify(token);
  if (payload === 'forged') return FORGED;
  if (payload === 'keyless') return KEYLESS;
  const answer = readClaims(payload, config, clock.wallMs());
  if (isVisitor(answer)) return answer;
  const { isExpired, message } = answer;
  return { status: 401, message, ...(isExpired && { code: 'token_expired' as const }) };
}
