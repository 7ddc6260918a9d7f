/**
 * Stream parts: what a stream of Google works with, and what it tells whoever opened it.
 */
import type { Clock } from '../../clock.ts';
import type { SpeechConfig, StreamFault } from '../recognizer.ts';
import type { Beat } from './beat.ts';
import type { ChannelCall } from './channels.ts';
import type { DriverEvents, Version } from './driver.ts';

/** Ends that are not Google's, in the words of events.ts. */
export type OwnEnd = 'silent' | 'stalled' | 'aborted' | 'refused';

export interface StreamParts {
  readonly clock: Clock;
  /** When it is judged what the audio itself says. */
  readonly judgements: Beat;
  readonly version: Version;
  readonly config: SpeechConfig;
  /** Opens the call, or says why there is none. */
  readonly openCall: (events: DriverEvents) => ChannelCall | StreamFault;
  /** How long what sounds like speech may go without an answer before the stream is probed. */
  readonly answerMsMax: number;
  /** A probe has shown that it lives, and that there was no speech. */
  readonly onMute: () => void;
  /**
   * Google has said something; with words, or only that the stream lives. `waitedMs`: since the first
   * speech that was not answered, where there was any.
   */
  readonly onAnswered: (hasWords: boolean, waitedMs: number | undefined) => void;
  /** The stream is over: by a status of Google, or by this side. Status 0 is a good end. */
  readonly onOver: (status: { code: number; text: string } | OwnEnd) => void;
}
