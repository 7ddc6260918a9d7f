/**
 * Drivers: the server on each of the ways to call Google.
 */
import { fileURLToPath } from 'node:url';
import { earshot } from './arms.ts';
import type { ArmBehind } from './path.ts';

function tls(name: string): string {
  return fileURLToPath(new URL(`../../../test/fakes/tls/${name}.pem`, import.meta.url));
}

const TLS = { EARSHOT_TLS_CERT_FILE: tls('cert'), EARSHOT_TLS_KEY_FILE: tls('key') };

function before(driver: string, what: string, settings = {}): ArmBehind {
  return (port) => earshot(driver, what, `127.0.0.1:${port}`, settings);
}

export const DEFAULT = before('http2', 'Earshot');
export const LIBRARY = before('library', "Earshot on Google's raw call");
export const STREAMING = before('streaming', "Earshot on Google's streamingRecognize()");
export const SECURE = before('http2', 'Earshot, devices by TLS', TLS);
