/**
 * Parcels: messages of audio on their way out, used again once they have left.
 *
 * What is used again is not left to the collector; session/blocks.ts says what that would cost. Whoever has
 * to keep one, as for a call that may have to be made again, just doesn't give it back.
 */
import { audioFrameBytes, writeAudioFrame } from './frames.ts';

/** One message of audio, in memory that may be larger. */
export interface Parcel {
  frame: Buffer;
  audioBytes: number;
  /** Its memory, in steps. */
  readonly steps: number;
  /** The one that leaves after it. */
  next: Parcel | undefined;
  /** Who hears that it was taken, or why it was not: once. */
  sender: ((parcel: Parcel, error: Error | null | undefined) => void) | undefined;
  /** Tells the sender; used again too, as a function for each parcel would be the collector's. */
  readonly taken: (error?: Error | null) => void;
}

/** Memory of one parcel comes in multiples of that. */
const STEP_BYTES = 256;
/** Of each size: as many as leave within some beats with a thousand sessions. */
const SPARES_MAX = 256;

export class Parcels {
  /** By their memory, in steps. */
  readonly #spares: Parcel[][] = [];

  /** A copy of `audio` as the one field of a message, of this tag. */
  pack(tag: number, audio: Uint8Array): Parcel {
    const bytes = audioFrameBytes(audio.length);
    const steps = Math.ceil(bytes / STEP_BYTES);
    const parcel = this.#spares[steps]?.pop() ?? newParcel(steps);
    if (parcel.frame.length !== bytes) parcel.frame = Buffer.from(parcel.frame.buffer, 0, bytes);
    parcel.audioBytes = audio.length;
    writeAudioFrame(parcel.frame, tag, audio);
    return parcel;
  }

  /** Nobody reads it any more. */
  give(parcel: Parcel): void {
    const alike = this.#spares[parcel.steps];
    if (alike === undefined) this.#spares[parcel.steps] = [parcel];
    else if (alike.length < SPARES_MAX) alike.push(parcel);
  }
}

function newParcel(steps: number): Parcel {
  const frame = Buffer.allocUnsafeSlow(steps * STEP_BYTES);
  const parcel: Parcel = {
    frame,
    audioBytes: 0,
    steps,
    next: undefined,
    sender: undefined,
    taken: (error) => {
      const { sender } = parcel;
      parcel.sender = undefined;
      sender?.(parcel, error);
    },
  };
  return parcel;
}
