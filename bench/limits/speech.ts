/**
 * Speech: what phones say, made before they speak.
 *
 * To make it costs more than to send it, so several phones say the same: what each is told is held
 * against it all the same.
 */
import { randomOf } from '../../test/emulator/random.ts';
import type { PlacedWord } from '../../test/emulator/voice.ts';
import { chatter, mulaw, Speaker } from '../../test/emulator/voice.ts';

/** MULAW: a byte a sample. */
export const RATE = 8_000;
/** Numbers of one speech's words. */
const WORDS_MAX = 10_000;

export interface Speech {
  readonly frameMs: number;
  readonly frames: readonly Uint8Array[];
  readonly words: readonly PlacedWord[];
}

interface SpeechOptions {
  readonly seed: number;
  readonly ms: number;
  readonly frameMs: number;
  /** Words between two breaths, and so in a final. */
  readonly breathEvery?: number;
}

function speechOf({ seed, ms, frameMs, breathEvery = 6 }: SpeechOptions): Speech {
  const first = seed * WORDS_MAX + 1;
  const manner = { first, breathEvery };
  const speaker = new Speaker(chatter(randomOf(seed), manner), RATE);
  const frames = Array.from({ length: Math.ceil(ms / frameMs) }, () =>
    mulaw(speaker.read((RATE * frameMs) / 1000)),
  );
  return { frameMs, frames, words: speaker.words };
}

/** So many different ones, for a fleet to share. */
export function speechesOf(count: number, options: Omit<SpeechOptions, 'seed'>): Speech[] {
  return Array.from({ length: count }, (_, n) => speechOf({ ...options, seed: n + 1 }));
}
