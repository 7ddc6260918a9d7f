/**
 * TLS: whether a certificate and its key can be used, before the socket layer is given them.
 *
 * That one only says that it failed; this says which file, and why.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { wallMsOf } from '../clock.ts';
import { EarshotError, messageOf } from '../errors.ts';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Throws `listen_failed` unless both files can be read and belong together. */
export function requireTls({ certFile, keyFile }: TlsFiles): void {
  const cert = read('EARSHOT_TLS_CERT_FILE', certFile);
  const key = read('EARSHOT_TLS_KEY_FILE', keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const what = `EARSHOT_TLS_CERT_FILE (${certFile}) and EARSHOT_TLS_KEY_FILE (${keyFile})`;
    const message = `${what} are no certificate and its key, expected PEM: ${messageOf(error)}`;
    throw new EarshotError('listen_failed', 'edge', message, error);
  }
}

/** When the certificate (the first of its file) expires, in seconds since 1970. Throws as requireTls(). */
export function expiryOf(certFile: string): number {
  const { validTo } = new X509Certificate(read('EARSHOT_TLS_CERT_FILE', certFile));
  return wallMsOf(validTo) / 1000;
}

function read(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const message = `${setting} is '${path}', expected a file that can be read: ${messageOf(error)}`;
    throw new EarshotError('listen_failed', 'edge', message, error);
  }
}
