/**
 * Chunks: frames of any size as messages of one size (pure).
 *
 * Google wants about 100 ms in a message and refuses large ones.
 */

/** The most audio in one message, by the oldest of Google's texts. */
export const CHUNK_BYTES_MAX = 15_360;
const CHUNK_MS = 100;
/** G.711 has two zeros; this is the positive one. */
const MULAW_ZERO = 0xff;

export class Chunks {
  readonly #size: number;
  readonly #bytesPerSample: number;
  #rest: Uint8Array[] = [];
  #restBytes = 0;

  constructor(sampleRateHertz: number, bytesPerSample: number) {
    const samples = Math.floor((sampleRateHertz * CHUNK_MS) / 1000);
    const samplesMax = Math.floor(CHUNK_BYTES_MAX / bytesPerSample);
    this.#bytesPerSample = bytesPerSample;
    this.#size = Math.min(samples, samplesMax) * bytesPerSample;
  }

  /** Bytes that wait for more. */
  get waiting(): number {
    return this.#restBytes;
  }

  /** Takes whole samples, and answers all chunks that are full now; they may be parts of `bytes`. */
  take(bytes: Uint8Array): Uint8Array[] {
    const full: Uint8Array[] = [];
    let at = 0;
    while (this.#restBytes + bytes.byteLength - at >= this.#size) {
      const end = at + this.#size - this.#restBytes;
      full.push(this.#join(bytes.subarray(at, end)));
      at = end;
    }
    if (at < bytes.byteLength) {
      this.#rest.push(bytes.subarray(at));
      this.#restBytes += bytes.byteLength - at;
    }
    return full;
  }

  /** What waits, as a chunk; undefined when nothing does. */
  flush(): Uint8Array | undefined {
    return this.#restBytes === 0 ? undefined : this.#join(new Uint8Array(0));
  }

  /** So much silence, beside what waits. */
  *silence(samples: number): Generator<Uint8Array> {
    for (let rest = samples * this.#bytesPerSample; rest > 0; rest -= this.#size) {
      const bytes = Math.min(rest, this.#size);
      yield new Uint8Array(bytes).fill(this.#bytesPerSample === 1 ? MULAW_ZERO : 0);
    }
  }

  #join(last: Uint8Array): Uint8Array {
    if (this.#restBytes === 0) return last;
    const chunk = Buffer.concat([...this.#rest, last]);
    this.#rest = [];
    this.#restBytes = 0;
    return chunk;
  }
}
