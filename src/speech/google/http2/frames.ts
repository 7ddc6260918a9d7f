/**
 * Frames: gRPC's messages as bytes, there and back (pure).
 *
 * A flag (1 is compressed), a length of four bytes, and the message. Audio becomes a message here too, by
 * hand: it is a tag, a length and the bytes, and a general encoder would cost more than the rest.
 */

const HEAD_BYTES = 5;

/** A whole message, uncompressed. */
export function frameOf(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + message.length);
  writeHead(frame, message.length);
  frame.set(message, HEAD_BYTES);
  return frame;
}

/** How long a message is whose one field is so much audio, its head included. */
export function audioFrameBytes(audioBytes: number): number {
  return HEAD_BYTES + 1 + varintBytes(audioBytes) + audioBytes;
}

/** Fills `frame`, which is as long as that, with a copy of `audio`. `tag`: the field's number and type, one byte. */
export function writeAudioFrame(frame: Buffer, tag: number, audio: Uint8Array): void {
  writeHead(frame, frame.length - HEAD_BYTES);
  frame[HEAD_BYTES] = tag;
  writeVarint(frame, HEAD_BYTES + 1, audio.length);
  frame.set(audio, frame.length - audio.length);
}

function writeHead(frame: Buffer, bytes: number): void {
  frame[0] = 0;
  frame.writeUInt32BE(bytes, 1);
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) bytes += 1;
  return bytes;
}

function writeVarint(into: Buffer, at: number, value: number): void {
  let to = at;
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) {
    into[to] = (rest & 0x7f) | 0x80;
    to += 1;
  }
  into[to] = rest;
}

export interface Read {
  /** Parts of the bytes that were read where that is possible. */
  readonly messages: readonly Buffer[];
  /** Why nothing can be read after them, in a sentence. */
  readonly fault?: string;
}

/** Cuts bytes, however they come, into messages of at most `bytesMax`. */
export class FrameReader {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Until there are so many, nothing can be said. */
  #needed = HEAD_BYTES;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes ownership of `bytes`. After a fault nothing may be read any more. */
  read(bytes: Buffer): Read {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes < this.#needed) return { messages: [] };
    let rest = this.#pieces.length === 1 ? bytes : Buffer.concat(this.#pieces, this.#bytes);
    const messages: Buffer[] = [];
    this.#needed = HEAD_BYTES;
    while (rest.length >= HEAD_BYTES) {
      const length = rest.readUInt32BE(1);
      const fault = this.#faultOf(rest[0], length);
      if (fault !== undefined) return { messages, fault };
      const end = HEAD_BYTES + length;
      if (rest.length < end) {
        this.#needed = end;
        break;
      }
      messages.push(rest.subarray(HEAD_BYTES, end));
      rest = rest.subarray(end);
    }
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
    return { messages };
  }

  #faultOf(flag: number | undefined, length: number): string | undefined {
    if (flag !== 0) return 'Received a compressed message, and none was asked for';
    if (length <= this.#bytesMax) return undefined;
    return `Received message larger than max (${length} vs ${this.#bytesMax})`;
  }
}
