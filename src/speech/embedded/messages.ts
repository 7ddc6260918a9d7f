/**
 * Messages: what the recognizer and its thread say to each other.
 *
 * `id` names a stream, and is never used again. Both sides ignore what names a stream that they
 * know no more: the other may not have learnt yet of its end.
 */
import type { ErrorCode } from '../../errors.ts';
import type { SpeechConfig } from '../recognizer.ts';

export type StreamConfig = Pick<SpeechConfig, 'encoding' | 'sampleRateHertz' | 'interim'>;

export type ToThread =
  | { readonly type: 'open'; readonly id: number; readonly config: StreamConfig }
  /** Whole samples; the buffer is transferred. */
  | { readonly type: 'audio'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'endpoint' | 'finish' | 'abort'; readonly id: number }
  /** Ends the thread once no decode is in flight. */
  | { readonly type: 'close' };

/** What a stream says. Places are in samples at the stream's own rate. */
export type Said =
  /** So many bytes wait no longer. */
  | { readonly type: 'taken'; readonly id: number; readonly bytes: number }
  | {
      readonly type: 'interim' | 'final';
      readonly id: number;
      readonly startSample: number;
      readonly endSample: number;
      readonly text: string;
    }
  | { readonly type: 'silence'; readonly id: number; readonly endSample: number }
  /** The last one; `fault` is set when the stream couldn't be served to its end. */
  | { readonly type: 'end'; readonly id: number; readonly fault?: string };

export type FromThread =
  | Said
  | { readonly type: 'ready' }
  /** The thread can't serve; it ends. */
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

/** What the thread is started with. */
export interface ThreadData {
  readonly modelsDir: string;
  /** Decodes in flight at once, at least 1. */
  readonly decodesMax: number;
}
