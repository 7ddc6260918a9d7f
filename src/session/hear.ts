/**
 * Hear: what a device says of its audio, by text, goes to its talk.
 */
import { decodeBase64 } from '../wire/audio.ts';
import type { Fault } from '../wire/fault.ts';
import { isFault } from '../wire/fault.ts';
import type { ClientMessage } from '../wire/message.ts';
import type { Talk } from './talk.ts';

/** Audio in base64, and markers. */
export type Spoken = Exclude<ClientMessage, { type: 'start' | 'keepalive' | 'seen' }>;

/** Answers what ends the session, if anything does. */
export function hear(talk: Talk, message: Spoken, nowMs: number): Fault | undefined {
  switch (message.type) {
    case 'audio':
      return base64(talk, message, nowMs);
    case 'finalize':
      talk.finalize();
      return talk.crowded();
    case 'gap':
      talk.gap(message.ms, message.frames);
      return talk.crowded();
    case 'finish':
      talk.finish();
      return undefined;
  }
}

function base64(
  talk: Talk,
  { content, audio_id: id }: Extract<Spoken, { type: 'audio' }>,
  nowMs: number,
): Fault | undefined {
  const audio = decodeBase64(content);
  if (isFault(audio)) return audio;
  if (id !== undefined) talk.audioId(id);
  return talk.frame(audio, nowMs);
}
