/**
 * Seal: what says that a frame is the one that its device has sent, there and then.
 *
 *   fleet secret = HMAC(the server's secret, fleet)      device key = HMAC(fleet secret, device)
 *   frame key = HMAC(device key, session)
 *   a sealed frame = the first 16 bytes of HMAC(frame key, session, 0, number, audio), then the audio
 *
 * HMAC is HMAC-SHA256, texts are UTF-8, the number takes 8 bytes, big-endian. No key crosses the wire:
 * a device gets its own from its backend.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Fault } from './fault.ts';
import { SEAL_BYTES } from './limits.ts';

/** What a backend of this fleet makes the keys of its devices with; 32 bytes. */
export function fleetSecretOf(secret: string, fleet: string): Uint8Array {
  return hmac(Buffer.from(secret), fleet);
}

/** What a device makes its frame keys with; 32 bytes. */
export function deviceKeyOf(fleetSecret: Uint8Array, device: string): Uint8Array {
  return hmac(fleetSecret, device);
}

/** Says of the frames of one session, on one connection, whether they are what they should be. */
export class Seal {
  readonly #session: string;
  readonly #key: Uint8Array;
  #number: number;

  /** `frame`: the number of the next one. */
  constructor(deviceKey: Uint8Array, session: string, frame: number) {
    this.#session = session;
    this.#key = hmac(deviceKey, session);
    this.#number = frame;
  }

  /** The audio of the next frame, a part of `sealed`; or what is wrong with it. */
  open(sealed: Uint8Array): Uint8Array | Fault {
    const number = this.#number;
    this.#number += 1;
    if (sealed.byteLength <= SEAL_BYTES) {
      const message = `frame ${number} has ${sealed.byteLength} bytes, expected ${SEAL_BYTES} of a seal and audio`;
      return { code: 'bad_audio', message };
    }
    const audio = sealed.subarray(SEAL_BYTES);
    const tag = sealOf(this.#key, this.#session, number, audio);
    if (timingSafeEqual(tag, sealed.subarray(0, SEAL_BYTES))) return audio;
    const message = `frame ${number} has another seal than its device would have made: it was altered, moved or repeated`;
    return { code: 'bad_audio', message };
  }

  /** So many numbers were taken by what is no frame. */
  skip(frames: number): void {
    this.#number += frames;
  }
}

/** The seal of one frame. */
export function sealOf(
  frameKey: Uint8Array,
  session: string,
  number: number,
  audio: Uint8Array,
): Uint8Array {
  const counted = Buffer.alloc(8);
  counted.writeBigUInt64BE(BigInt(number));
  const mac = createHmac('sha256', frameKey).update(session).update('\0').update(counted);
  return mac.update(audio).digest().subarray(0, SEAL_BYTES);
}

function hmac(key: Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest();
}
