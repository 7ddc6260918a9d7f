/**
 * Entry: what stands on a tape.
 */
import type { GapReason } from '../wire/message.ts';

interface Placed {
  /** The first session sample; a marker stands before it. */
  readonly start: number;
  readonly samples: number;
}

/** One frame. It and its bytes belong to the tape, and are another one once the tape keeps it no more. */
export interface AudioEntry extends Placed {
  readonly kind: 'audio';
  readonly frame: number;
  readonly audio: Uint8Array;
  readonly arrivedMs: number;
}
/** Time without audio: lost by the client, or dropped here. Takes the numbers up to `frame`. */
export interface GapEntry extends Placed {
  readonly kind: 'gap';
  frame: number;
  samples: number;
  readonly reason: GapReason;
}
export interface MarkerEntry extends Placed {
  readonly kind: 'finalize' | 'finish' | 'audioId';
  readonly samples: 0;
}
export type Entry = AudioEntry | GapEntry | MarkerEntry;
