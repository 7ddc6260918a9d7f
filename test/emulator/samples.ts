/**
 * Samples: the bytes of a stream's audio as samples of its first channel.
 *
 * Bytes may be cut anywhere, even inside a sample: what is left over waits for the next bytes. The
 * other channels are billed and not heard, as Google does unless asked otherwise.
 */
import { endianness } from 'node:os';
import { fromMulaw } from './g711.ts';
import type { Ask } from './request.ts';

export class Samples {
  readonly #encoding: Ask['encoding'];
  readonly #channels: number;
  readonly #frameBytes: number;
  #rest: Uint8Array = new Uint8Array(0);

  constructor({ encoding, channels }: Ask) {
    this.#encoding = encoding;
    this.#channels = channels;
    this.#frameBytes = channels * (encoding === 'LINEAR16' ? 2 : 1);
  }

  /** The samples that these bytes complete, newly allocated. */
  of(bytes: Uint8Array): Int16Array {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = all.length - (all.length % this.#frameBytes);
    this.#rest = new Uint8Array(all.subarray(whole));
    const samples = this.#decode(all.subarray(0, whole));
    if (this.#channels === 1) return samples;
    return samples.filter((_, i) => i % this.#channels === 0);
  }

  #decode(bytes: Uint8Array): Int16Array {
    if (this.#encoding === 'MULAW') return fromMulaw(bytes);
    const { buffer } = new Uint8Array(bytes);
    if (endianness() === 'BE') Buffer.from(buffer).swap16();
    return new Int16Array(buffer);
  }
}
