/**
 * Frames: gRPC's messages in a byte stream: a flag, a length of four bytes, and the message.
 */

const HEAD_BYTES = 5;

/** A message as gRPC sends it, uncompressed. */
export function frameOf(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + message.length);
  frame.writeUInt8(0, 0);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, HEAD_BYTES);
  return frame;
}

/** A message that gRPC's server refuses, and why. */
export interface FrameFault {
  readonly fault: 'compressed' | 'too-large';
  readonly bytes: number;
}

/** Cuts bytes, however chunked, into messages of at most `bytesMax`. */
export class FrameReader {
  readonly #bytesMax: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The messages that these bytes complete. A fault is the last: read no further. */
  read(bytes: Buffer): (Buffer | FrameFault)[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const messages: (Buffer | FrameFault)[] = [];
    while (this.#rest.length >= HEAD_BYTES) {
      const length = this.#rest.readUInt32BE(1);
      if (this.#rest.readUInt8(0) !== 0)
        return [...messages, { fault: 'compressed', bytes: length }];
      if (length > this.#bytesMax) return [...messages, { fault: 'too-large', bytes: length }];
      if (this.#rest.length < HEAD_BYTES + length) break;
      messages.push(this.#rest.subarray(HEAD_BYTES, HEAD_BYTES + length));
      this.#rest = this.#rest.subarray(HEAD_BYTES + length);
    }
    return messages;
  }
}
