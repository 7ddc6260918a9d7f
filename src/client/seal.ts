/**
 * Seal: what the client puts before each frame, so that nobody on the way can alter, move or repeat it.
 *
 * PROTOCOL.md says how it is made. The key of the device comes from the app's backend, and never goes
 * over the wire to the server.
 */
import { SEAL_BYTES } from '../wire/limits.ts';
import { hmacSha256, joined } from './sha256.ts';

const KEY_BYTES = 32;
const TEXT = new TextEncoder();

/** Seals the frames of one session. */
export interface Sealer {
  /** `audio` with its seal before it, in bytes of its own. `number`: the frame's. */
  seal(number: number, audio: Uint8Array): Uint8Array;
}

/** The key that `text` is, in base64url. Throws a RangeError where it is none. */
export function readDeviceKey(text: string): Uint8Array {
  const binary = /^[\w-]{43}=?$/.test(text)
    ? atob(text.replaceAll('-', '+').replaceAll('_', '/').replace('=', ''))
    : '';
  const key = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  if (key.byteLength === KEY_BYTES) return key;
  throw new RangeError(
    `deviceKey is ${text.length} characters long, expected 32 bytes as base64url`,
  );
}

/** For one session, by the key of the device. */
export function newSealer(deviceKey: Uint8Array, session: string): Sealer {
  const name = TEXT.encode(session);
  const key = hmacSha256(deviceKey, name);
  return {
    seal: (number, audio) => {
      const counted = new DataView(new ArrayBuffer(8));
      counted.setBigUint64(0, BigInt(number));
      const numbered = [name, new Uint8Array(1), new Uint8Array(counted.buffer)];
      const tag = hmacSha256(key, ...numbered, audio).subarray(0, SEAL_BYTES);
      return joined([tag, audio]);
    },
  };
}
