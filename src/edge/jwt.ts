/**
 * JWT: whether a token was signed by who may sign; the only file that knows jose.
 *
 * It knows keys and algorithms, which are pinned: what a token says of its own key (`jwk`, `jku`, `x5u`)
 * is not looked at, and its `kid` only chooses among keys that are here. What a token claims is for
 * claims.ts.
 */
import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import {
  compactVerify,
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importPKCS8,
  SignJWT,
} from 'jose';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { EarshotError, messageOf } from '../errors.ts';
import { KeySupply } from './key-supply.ts';

export type Algorithm = NonNullable<Config['authAlgorithms']>[number];

const BY_SECRET: readonly Algorithm[] = ['HS256'];
const BY_KEYS: readonly Algorithm[] = ['RS256', 'ES256', 'EdDSA'];

/** `forged`: no key of ours has signed it. `keyless`: our keys can't be had now. */
type SignatureFault = 'forged' | 'keyless';

/** What a token says, if one of our keys has signed it. */
export type Verify = (token: string) => Promise<Uint8Array | SignatureFault>;

type Key = Uint8Array | KeyObject | JWTVerifyGetKey;

/** When the set is asked for again is decided by KeySupply, which counts failures too. */
const JWKS = {
  cacheMaxAge: Number.POSITIVE_INFINITY,
  cooldownDuration: Number.POSITIVE_INFINITY,
  timeoutDuration: 5_000,
} as const;

/** By the keys that are configured, or undefined when none is. Throws `config_invalid` for keys that are none. */
export function newVerify(config: Config, clock: Pick<Clock, 'nowMs'>): Verify | undefined {
  const key = keyOf(config, clock);
  if (key === undefined) return undefined;
  const own = config.authSecret === undefined ? BY_KEYS : BY_SECRET;
  const algorithms = [...(config.authAlgorithms ?? own)];
  return async (token) => {
    try {
      // The two overloads, for a key and for what finds one, can't be called as one.
      const { payload } =
        typeof key === 'function'
          ? await compactVerify(token, key, { algorithms })
          : await compactVerify(token, key, { algorithms });
      return payload;
    } catch (error) {
      return config.authJwksUrl !== undefined && isOurs(error) ? 'keyless' : 'forged';
    }
  };
}

/** What is wrong with a key set that doesn't come, or is none: the rest is wrong with the token. */
const OURS: readonly string[] = [
  errors.JOSEError.code,
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
];

function isOurs(error: unknown): boolean {
  return !(error instanceof errors.JOSEError) || OURS.includes(error.code);
}

function keyOf(
  { authSecret, authKeysFile, authJwksUrl }: Config,
  clock: Pick<Clock, 'nowMs'>,
): Key | undefined {
  if (authSecret !== undefined) return new TextEncoder().encode(authSecret);
  if (authJwksUrl !== undefined) return remoteKeys(new URL(authJwksUrl), clock);
  if (authKeysFile === undefined) return undefined;
  try {
    return keysIn(readFileSync(authKeysFile, 'utf8'));
  } catch (error) {
    const message = `EARSHOT_AUTH_KEYS_FILE is '${authKeysFile}', expected public keys: ${messageOf(error)}`;
    throw new EarshotError('config_invalid', 'edge', message);
  }
}

function remoteKeys(url: URL, clock: Pick<Clock, 'nowMs'>): JWTVerifyGetKey {
  const set = createRemoteJWKSet(url, JWKS);
  const supply = new KeySupply(() => set.reload(), clock);
  return async (header, token) => {
    await supply.ready();
    try {
      return await set(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await supply.ask();
    return await set(header, token);
  };
}

function keysIn(text: string): Key {
  if (text.includes('PRIVATE KEY')) throw new TypeError('it holds a private key');
  if (text.includes('-----BEGIN')) return createPublicKey(text);
  const set = jsonIn(text) as Partial<JSONWebKeySet>;
  const isPrivate = set.keys?.some((key) => 'd' in key || 'k' in key);
  if (isPrivate === true) throw new TypeError('it holds a secret or private key');
  return createLocalJWKSet(set as JSONWebKeySet);
}

/** What a parser says of a file quotes it. */
function jsonIn(text: string): object {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // As what is JSON and no object.
  }
  throw new TypeError('it is neither a PEM nor JSON');
}

/** A token that says `claims`; for tests and trials, since a backend signs its own. */
export async function signToken(
  claims: Readonly<Record<string, unknown>>,
  by: { readonly secret: string } | { readonly privateKey: string; readonly algorithm: Algorithm },
): Promise<string> {
  const algorithm = 'secret' in by ? 'HS256' : by.algorithm;
  const key =
    'secret' in by
      ? new TextEncoder().encode(by.secret)
      : await importPKCS8(by.privateKey, algorithm);
  return await new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: 'JWT' }).sign(key);
}

/** A pair of keys as PEM. */
export async function newKeys(algorithm: Exclude<Algorithm, 'HS256'>) {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const { privateKey, publicKey } = pair;
  return { privatePem: await exportPKCS8(privateKey), publicPem: await exportSPKI(publicKey) };
}
