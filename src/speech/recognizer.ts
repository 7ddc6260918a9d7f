/**
 * Recognizer: what a session needs from speech recognition, and nothing of any vendor.
 *
 * A stream hears one unbroken stretch of a session's audio, from its own sample 0. Places in it are
 * counted in samples at the rate of its configuration.
 *
 * Contract, checked for every implementation by test/recognizer.contract.ts:
 *   write() takes the chunk whatever it answers, and never changes it; false means "no more until onDrain"
 *   finals come in audio order and never overlap; an interim may be replaced at any time
 *   ends never go back nor beyond what was written, but a final may lie in what was called silent
 *   after finish() comes all that is still to be said, then onEnd with no fault
 *   onEnd fires exactly once, after the last result; after abort() nothing fires at all
 *   nothing fires inside open(), write(), finish() or abort()
 */

import type { RotationPolicy } from './rotation.ts';
import type { Starts } from './starts.ts';

/** What a session asks of recognition; every field has been checked by the wire. */
export interface SpeechConfig {
  readonly encoding: 'LINEAR16' | 'MULAW';
  /** 8,000..48,000. */
  readonly sampleRateHertz: number;
  /** BCP-47 tags, the preferred first; at least one. */
  readonly languages: readonly string[];
  readonly interim: boolean;
  readonly words: boolean;
  readonly punctuation: boolean;
  /** How many readings a final may carry, the best included; at least 1. */
  readonly alternatives: number;
  readonly profanityFilter: boolean;
  readonly phrases: readonly { readonly text: string; readonly boost: number }[];
  readonly model: string | undefined;
}

/** A field of the configuration that this recognizer can't serve, in a sentence for a developer. */
export interface Unsupported {
  readonly field: string;
  readonly message: string;
}

/** Refused: the session can't go on. Ignored: it can, without the named fields. */
export type Support =
  | { readonly refused: Unsupported }
  | { readonly refused?: undefined; readonly ignored: readonly Unsupported[] };

export interface Word {
  readonly text: string;
  readonly startSample: number;
  readonly endSample: number;
  /** 0..1. */
  readonly confidence?: number;
}

export interface InterimResult {
  readonly startSample: number;
  readonly endSample: number;
  readonly text: string;
  /** 0..1: how likely the text stays as it is. */
  readonly stability?: number;
}

export interface FinalResult {
  readonly startSample: number;
  readonly endSample: number;
  readonly text: string;
  /** 0..1. */
  readonly confidence?: number;
  readonly words?: readonly Word[];
  readonly alternatives?: readonly { readonly text: string; readonly confidence?: number }[];
  readonly language?: string;
  /** Set when less was known than usual, and the text may be incomplete. */
  readonly degraded?: boolean;
}

/**
 * Why a stream ended before it was asked to.
 *   routine     it has lasted as long as streams do: open another one and replay
 *   transient   open another one and replay; too many in a row end the session
 *   quota       too many streams were open: give the slot back, queue again, and replay
 *   config      this configuration will never be served: the session ends, the device is to blame
 *   unavailable nothing will be served for a while, whoever asks
 */
export interface StreamFault {
  readonly kind: 'routine' | 'transient' | 'quota' | 'config' | 'unavailable';
  readonly message: string;
}

export interface StreamEvents {
  onInterim(interim: InterimResult): void;
  onFinal(final: FinalResult): void;
  /** What lies before `endSample` and is covered by no final, now or later, is silence. */
  onSilence(endSample: number): void;
  /** After a write() that answered false: more is welcome. */
  onDrain(): void;
  /**
   * The last event. Undefined: after finish(), all that was written has its outcome. `billedMs` is
   * audio that will be paid for, 0 when that isn't known.
   */
  onEnd(fault: StreamFault | undefined, billedMs: number): void;
}

export interface RecognizerStream {
  /**
   * Takes whole samples. The bytes belong to the caller, who may use them for others once write() has
   * returned: a stream that needs them for longer copies them. False: no more until onDrain.
   */
  write(chunk: Uint8Array): boolean;
  /** Asks for a final at the next pause, however short; what follows is heard as ever. */
  endpoint(): void;
  /** No audio follows. Results for what was written still do, then onEnd. */
  finish(): void;
  abort(): void;
}

export interface Recognizer {
  readonly name: string;
  /** How many streams it can serve at once on this machine, unless the configuration says otherwise. */
  readonly slotsDefault: number;
  /** When its streams are to be replaced; absent when they last as long as anybody speaks. */
  readonly rotation?: RotationPolicy;
  supports(config: SpeechConfig): Support;
  /** Why nothing would be served now, or undefined. Absent: there is no such time. */
  ready?(): string | undefined;
  /** One is to be taken before each open(). Absent: any number may be. */
  readonly starts?: Starts;
  /** From now on says how many streams can be served, `slotsMax` at most, when that changes. */
  watchLimit?(slotsMax: number, onLimit: (slots: number) => void): void;
  /** `config` has passed supports(). */
  open(config: SpeechConfig, events: StreamEvents): RecognizerStream;
  /** Ends every stream, with a fault, and frees what it holds. */
  close(): Promise<void>;
}
