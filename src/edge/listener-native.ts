/**
 * Listener's binary: whether the native part of the socket layer is the one that was published.
 *
 * It is compared by its hash, as the models are, before a connection is taken. Of a package that somebody
 * has put in its place, as the README says for a newer Node, nobody here knows the hash.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The version whose hashes these are. */
const VERSION = '20.30.0-unofficial.0';

/** SHA-256 by platform, processor and the version of Node's modules. */
const HASHES: { readonly [file: string]: string } = {
  'uws_darwin_arm64_108.node': '3e5d284ef20c3a641e3e1e4571f983d56869fb5cc8c037242c3edc6e83d4d86b',
  'uws_darwin_arm64_115.node': '2a3aff854929518a3bc066527340ab0fc47c970cda4cdbb86f5d65b03ee83885',
  'uws_darwin_x64_108.node': '35bf16c62269afbafc6c91c06b9c3e690bdba7357b2ce0e2c34bc37f8c053a38',
  'uws_darwin_x64_115.node': 'cdb95fb0b602155506b5430791c0dce4341ec1268ff23bdace8f1c77e306e4f7',
  'uws_linux_arm64_108.node': '44f342406e3d2378a195b322d8b19ee0a766e33a19e6db424914a0b02eb05190',
  'uws_linux_arm64_115.node': 'fa46518766a985c6a79daef039f40cccd8e98e9a288f2ceaf31a0a18901bbfd5',
  'uws_linux_arm_108.node': '9fd6ab892105269ea41a0a6cddc401f14f35c4c555dfdfc6714d14174d49771b',
  'uws_linux_arm_115.node': 'e1c6907fe5877bfdc3bcaa29fa78ab9dd142c4ca8d65102fbc18c9a47e478d31',
  'uws_linux_x64_108.node': 'a2d801a6ff997af0f6ee079abd1d5f8ae74f355c91f106e985e74876a78d34d9',
  'uws_linux_x64_115.node': 'f158fb441f7e2e37b3ab9a56782fe37f4c0d33b5cd32e96ee5c0120ce7db7ced',
  'uws_win32_x64_108.node': 'b31ee017129b11990e8b45f1feeda5caf6cdab386e6c4f4a6432495b8404b9fd',
  'uws_win32_x64_115.node': '6dd62494c776ba94a1265969caaa1cc88d02a9a3efb14ef35ef2a1215393cdd9',
};

/** The official package serves Node 22, 24 and 26. It comes from GitHub: the npm registry has none. */
const OFFICIAL = 'uWebSockets.js@github:uNetworking/uWebSockets.js#v20.67.0';

/** What is said where there is no binary. */
export const MISSING = `uWebSockets.js has no native binary for Node ${process.versions.node} on ${process.platform}-${process.arch}: use Node 20, or run "npm install ${OFFICIAL}" where Earshot is installed`;

export type Native = 'ok' | 'unknown' | 'altered';

/** What the binary of this machine is, or that of the package at `folder`. */
export function nativeState(folder: string = packageFolder()): Native {
  const file = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version?: unknown;
  };
  const expected = HASHES[file];
  if (version !== VERSION || expected === undefined) return 'unknown';
  const binary = readFileSync(join(folder, 'binaries', file));
  return createHash('sha256').update(binary).digest('hex') === expected ? 'ok' : 'altered';
}

/** Where the package is whose native part is loaded. */
export function packageFolder(): string {
  const entry = createRequire(import.meta.url).resolve('uWebSockets.js');
  return join(dirname(entry), '..');
}
