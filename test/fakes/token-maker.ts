/**
 * TokenMaker: tokens of every kind, right and wrong ones, and the settings that they are for.
 */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

export const SECRET = 'a-secret-of-thirty-two-characters';
export const NOW_S = 1_800_000_000;

type Json = Readonly<Record<string, unknown>>;

function part(json: Json | string): string {
  return Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)).toString('base64url');
}

/** Claims that are right, and what is to be different. */
export function claims(other: Json = {}): Json {
  return { aud: 'earshot', sub: 'phone-1', iat: NOW_S, exp: NOW_S + 3_600, ...other };
}

/** Signed by HS256, whatever the header says. */
export function hs256(payload: Json | string, header: Json = {}, secret: string = SECRET): string {
  const text = `${part({ alg: 'HS256', ...header })}.${part(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

export const RSA = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const OTHER_RSA = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** Signed by RS256, with our key or another one. */
export function rs256(payload: Json, header: Json = {}, whose: 'ours' | 'other' = 'ours'): string {
  const text = `${part({ alg: 'RS256', ...header })}.${part(payload)}`;
  const key = whose === 'ours' ? RSA.privateKey : OTHER_RSA.privateKey;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** Without a signature. */
export function unsigned(payload: Json, alg: string): string {
  return `${part({ alg })}.${part(payload)}.`;
}

/** The key that is not ours, as a token may bring it along. */
export const OTHER_JWK = OTHER_RSA.publicKey.export({ format: 'jwk' });
