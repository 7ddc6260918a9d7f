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

/** A frame of a block. */
interface Piece extends Frame {
  /** Where it lies: to ask its audio is a call of V8's runtime. */
  readonly at: number;
  /** The one behind it; or where none is yet, what is left of another tape's. */
  next: Piece | undefined;
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
  first: Piece | undefined;
  /** How many there are, once there is another block; and how many of them are free. */
  pieces: number;
  freed: number;
  next: Block | undefined;
}

const SPARES: Block[] = [];

export class Blocks {
  #oldest: Block | undefined;
  #newest: Block | undefined;
  /** What of the newest one is taken: bytes, and pieces. Kept here, so that a frame need not touch the block. */
  #at = 0;
  #pieces = 0;
  /** Its last piece, and what perhaps will do as the next. */
  #last: Piece | undefined;
  #spare: Piece | undefined;

  /** A frame with a copy of `bytes` and nothing else said of it, until it is freed. */
  copy(bytes: Uint8Array): Frame {
    const { length } = bytes;
    if (isLarge(length)) return newFrame(new Uint8Array(bytes), 0);
    const piece = this.#pieceIn(this.#blockFor(length), length);
    piece.audio.set(bytes);
    this.#pieces += 1;
    this.#at += Math.ceil(length / ALIGN) * ALIGN;
    return piece;
  }

  /** Nobody reads the oldest frame any more. */
  free({ audio }: AudioEntry): void {
    const block = this.#oldest;
    if (block === undefined || isLarge(audio.length)) return;
    block.freed += 1;
    const isNewest = block === this.#newest;
    if (block.freed < (isNewest ? this.#pieces : block.pieces)) return;
    block.freed = 0;
    this.#oldest = block.next;
    if (isNewest) this.#leave();
    block.next = undefined;
    if (SPARES.length < SPARES_MAX) SPARES.push(block);
  }

  #leave(): void {
    this.#newest = undefined;
    this.#last = undefined;
    this.#spare = undefined;
  }

  #blockFor(bytes: number): Block {
    const newest = this.#newest;
    if (newest !== undefined && this.#at + bytes <= BLOCK_BYTES) return newest;
    const block = SPARES.pop() ?? newBlock();
    if (newest === undefined) this.#oldest = block;
    else {
      newest.next = block;
      newest.pieces = this.#pieces;
    }
    this.#newest = block;
    this.#at = 0;
    this.#pieces = 0;
    this.#last = undefined;
    this.#spare = block.first;
    return block;
  }

  /** The frames of most tapes are as long as those of others: then there is one already. */
  #pieceIn(block: Block, bytes: number): Piece {
    const at = this.#at;
    const spare = this.#spare;
    if (spare?.at === at && spare.audio.length === bytes) {
      this.#last = spare;
      this.#spare = spare.next;
      return spare;
    }
    const piece = newFrame(new Uint8Array(block.memory, at, bytes), at);
    if (this.#pieces < FRAMES_MAX) {
      if (this.#last === undefined) block.first = piece;
      else this.#last.next = piece;
    }
    this.#last = piece;
    this.#spare = undefined;
    return piece;
  }
}

function newBlock(): Block {
  // Without Node's pool, and not filled with zeros.
  const memory = Buffer.allocUnsafeSlow(BLOCK_BYTES).buffer as ArrayBuffer;
  return { memory, first: undefined, pieces: 0, freed: 0, next: undefined };
}

function newFrame(audio: Uint8Array, at: number): Piece {
  return {
    kind: 'audio',
    start: 0,
    samples: 0,
    frame: 0,
    audio,
    arrivedMs: 0,
    at,
    next: undefined,
  };
}

/** It has memory of its own, which is the collector's later. */
function isLarge(bytes: number): boolean {
  return bytes > BLOCK_BYTES;
}
