/**
 * Slab: memory for the frames of one connection, a piece of a larger block each.
 *
 * A buffer of its own for each frame costs several times what copying it does: it is allocated, and it is
 * collected, apart. A block is never used again, so whoever has a piece may keep it; it keeps the block too.
 */

/** Half a second of 16 kHz. Sessions hold up to two blocks more than the audio that they keep. */
const BLOCK_BYTES = 16_384;
/** Samples of 16 bits stand at even places, and processors like others better still. */
const ALIGN = 8;

export class Slab {
  #block: ArrayBuffer | undefined;
  #at = 0;

  /** So many bytes, whatever stands in them; the caller's own. */
  take(bytes: number): Uint8Array {
    if (bytes > BLOCK_BYTES / 2) return new Uint8Array(bytes);
    if (this.#block === undefined || this.#at + bytes > BLOCK_BYTES) {
      // Without Node's pool, and not filled with zeros: all of a piece is written before it is read.
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES).buffer as ArrayBuffer;
      this.#at = 0;
    }
    const piece = new Uint8Array(this.#block, this.#at, bytes);
    this.#at += Math.ceil(bytes / ALIGN) * ALIGN;
    return piece;
  }

  /** A copy of a message. */
  copy(message: ArrayBuffer): Uint8Array {
    const piece = this.take(message.byteLength);
    piece.set(new Uint8Array(message));
    return piece;
  }
}
