/**
 * Blocks: memory for the frames of one tape, a piece of a larger block for each.
 *
 *   oldest block          newest block
 *   │ freed │ frame 6 │   │ frame 7 │ frame 8 │ room │
 *
 * Frames are freed in the order in which they came. A block of which all are free goes back, for any tape
 * of the process, with the objects that stood for its frames: left to the collector, they would stop a
 * process with a thousand sessions for 100 ms (bench: end-to-end). So nobody but the tape may hold them,
 * and streams copy what they need for longer.
 */
import type { AudioEntry } from './entry.ts';

/** A frame as its tape fills it in. */
export type Frame = { -readonly [Field in keyof AudioEntry]: AudioEntry[Field] };

/** A frame that knows where in its block it lies: to ask its audio is a call of V8's runtime. */
interface Piece extends Frame {
  readonly at: number;
}

/**
 * Room for 300 ms of 16 kHz in frames of any usual length, or for 100 ms of 48 kHz. A tape holds up to two
 * blocks more than its audio, and with frames that leave much of a block unused about twice its audio.
 */
const BLOCK_BYTES = 9_728;
/** Samples of 16 bits stand at even places, and processors like others better still. */
const ALIGN = 8;
/** Of all tapes of the process: 16 MB. What is more is the collector's. */
const SPARES_MAX = 1_700;

/** Objects that a block keeps for its pieces: 20 ms of 8 kHz in a byte each make 102. */
const FRAMES_MAX = 128;

interface Block {
  readonly memory: ArrayBuffer;
  /** One for each piece, and what is left of those of another tape. */
  readonly frames: Piece[];
  /** How many of them are in use. */
  used: number;
  next: Block | undefined;
}

const SPARES: Block[] = [];

export class Blocks {
  #oldest: Block | undefined;
  #newest: Block | undefined;
  /** What of the newest one is taken: bytes, and pieces. */
  #at = 0;
  #pieces = 0;

  /** A frame with a copy of `bytes` and nothing else said of it, until it is freed. */
  copy(bytes: Uint8Array): Frame {
    const { length } = bytes;
    if (isLarge(length)) return newFrame(new Uint8Array(bytes), 0);
    const block = this.#blockFor(length);
    const frame = frameAt(block, this.#pieces, this.#at, length);
    frame.audio.set(bytes);
    block.used += 1;
    this.#pieces += 1;
    this.#at += Math.ceil(length / ALIGN) * ALIGN;
    return frame;
  }

  /** Nobody reads the oldest frame any more. */
  free({ audio }: AudioEntry): void {
    const block = this.#oldest;
    if (block === undefined || isLarge(audio.length)) return;
    block.used -= 1;
    if (block.used > 0) return;
    this.#oldest = block.next;
    if (this.#newest === block) this.#newest = undefined;
    block.next = undefined;
    if (SPARES.length < SPARES_MAX) SPARES.push(block);
  }

  #blockFor(bytes: number): Block {
    const newest = this.#newest;
    if (newest !== undefined && this.#at + bytes <= BLOCK_BYTES) return newest;
    const block = SPARES.pop() ?? newBlock();
    if (newest === undefined) this.#oldest = block;
    else newest.next = block;
    this.#newest = block;
    this.#at = 0;
    this.#pieces = 0;
    return block;
  }
}

function newBlock(): Block {
  // Without Node's pool, and not filled with zeros.
  const memory = Buffer.allocUnsafeSlow(BLOCK_BYTES).buffer as ArrayBuffer;
  return { memory, frames: [], used: 0, next: undefined };
}

/** The frames of most tapes are as long as those of others: then there is one already. */
function frameAt({ memory, frames }: Block, nth: number, at: number, bytes: number): Piece {
  const before = frames[nth];
  if (before?.at === at && before.audio.length === bytes) return before;
  const frame = newFrame(new Uint8Array(memory, at, bytes), at);
  if (nth < FRAMES_MAX) frames[nth] = frame;
  return frame;
}

function newFrame(audio: Uint8Array, at: number): Piece {
  return { kind: 'audio', start: 0, samples: 0, frame: 0, audio, arrivedMs: 0, at };
}

/** It has memory of its own, which is the collector's later. */
function isLarge(bytes: number): boolean {
  return bytes > BLOCK_BYTES;
}
