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
  /** Memory of one chunk, once any had to wait. */
  #rest: Uint8Array | undefined;
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

  /** Takes whole samples, and gives all chunks that are full now to `send`; they are others' once it returns. */
  take(bytes: Uint8Array, send: (chunk: Uint8Array) => void): void {
    let at = 0;
    while (this.#restBytes + bytes.length - at >= this.#size) {
      const end = at + this.#size - this.#restBytes;
      const part = at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end);
      if (this.#restBytes === 0) send(part);
      else {
        this.#keep(part);
        this.flush(send);
      }
      at = end;
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
  }

  /** Gives what waits to `send`, if anything does. */
  flush(send: (chunk: Uint8Array) => void): void {
    const chunk = this.#rest?.subarray(0, this.#restBytes);
    if (chunk === undefined || chunk.length === 0) return;
    this.#restBytes = 0;
    send(chunk);
  }

  /** So much silence, beside what waits. */
  *silence(samples: number): Generator<Uint8Array> {
    for (let rest = samples * this.#bytesPerSample; rest > 0; rest -= this.#size) {
      const bytes = Math.min(rest, this.#size);
      yield new Uint8Array(bytes).fill(this.#bytesPerSample === 1 ? MULAW_ZERO : 0);
    }
  }

  #keep(part: Uint8Array): void {
    this.#rest ??= new Uint8Array(this.#size);
    this.#rest.set(part, this.#restBytes);
    this.#restBytes += part.length;
  }
}
