/**
 * Driver choice: which way to make calls is taken, and why (pure).
 */
import type { Env } from './credentials.ts';

/** `http2` is this project's own; `library` is Google's client library, at twice the cost. */
export const DRIVERS = ['library', 'http2'] as const;
export type DriverName = (typeof DRIVERS)[number];

/** A driver, and why it is that one. */
export interface DriverChoice {
  readonly name: DriverName;
  readonly why: string;
}

/** What Google's library goes by, and nobody else: proxies, certificates, ciphers. */
const LIBRARY_ONLY = [
  'grpc_proxy',
  'https_proxy',
  'http_proxy',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
  'GRPC_SSL_CIPHER_SUITES',
  'GOOGLE_API_USE_CLIENT_CERTIFICATE',
];

export function chooseDriver(wish: DriverName | 'auto', env: Env): DriverChoice {
  if (wish !== 'auto') return { name: wish, why: 'EARSHOT_GOOGLE_DRIVER says so' };
  const only = LIBRARY_ONLY.find((name) => (env[name] ?? '') !== '');
  if (only !== undefined) return { name: 'library', why: `${only} is set` };
  return { name: 'http2', why: 'it costs least' };
}
