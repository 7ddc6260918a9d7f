/**
 * Signal: whether what a device sends can be speech at all.
 *
 * A blocked or muted microphone sends zeros, and a gain set too high sends full-scale samples; both
 * give no transcript and no error. This looks at a few samples a frame and says so once.
 */
import type { Encoding } from '../wire/limits.ts';

/** This much audio of exact zeros is no room without a sound, but a microphone without access. */
const SILENT_MS = 5_000;
/** Sampled places a frame, and the share of full-scale ones over CLIP_OVER places that is too much. */
const PLACES = 16;
const CLIP_OVER = 1_600;
const CLIP_SHARE = 0.05;

/** What each of them means to a developer. */
export const SYMPTOMS = {
  silent_audio: 'the audio is all zeros, expected sound: is the microphone muted or taken?',
  clipping: 'much of the audio is at full scale, expected less: is the gain too high?',
} as const;
export type Symptom = keyof typeof SYMPTOMS;

export class Signal {
  readonly #encoding: Encoding;
  readonly #silentMax: number;
  #silent = 0;
  #looked = 0;
  #clipped = 0;
  /** What was said already; few sessions ever need it. */
  #said: Set<Symptom> | undefined;

  constructor(encoding: Encoding, sampleRateHertz: number) {
    this.#encoding = encoding;
    this.#silentMax = (SILENT_MS * sampleRateHertz) / 1000;
  }

  /** Looks at a frame; answers a symptom when it is there and was not said before. */
  look(audio: Uint8Array, samples: number): Symptom | undefined {
    this.#silent = this.#isZero(audio) ? this.#silent + samples : 0;
    this.#countClipped(audio);
    if (this.#silent >= this.#silentMax) return this.#say('silent_audio');
    if (this.#clipped > CLIP_OVER * CLIP_SHARE) return this.#say('clipping');
    return undefined;
  }

  #say(symptom: Symptom): Symptom | undefined {
    this.#said ??= new Set();
    if (this.#said.has(symptom)) return undefined;
    this.#said.add(symptom);
    return symptom;
  }

  /** Speech leaves this at its first samples. */
  #isZero(audio: Uint8Array): boolean {
    const linear = this.#encoding === 'LINEAR16';
    for (const byte of audio) {
      if (linear ? byte !== 0 : byte !== 0xff && byte !== 0x7f) return false;
    }
    return true;
  }

  #countClipped(audio: Uint8Array): void {
    if (this.#looked >= CLIP_OVER) {
      this.#looked = 0;
      this.#clipped = 0;
    }
    const step = Math.max(2, Math.floor(audio.length / PLACES / 2) * 2);
    for (let at = 0; at + 1 < audio.length; at += step) {
      this.#looked += 1;
      if (this.#isFullScale(audio, at)) this.#clipped += 1;
    }
  }

  #isFullScale(audio: Uint8Array, at: number): boolean {
    const low = audio[at] ?? 0;
    if (this.#encoding === 'MULAW') return (low & 0x7f) === 0;
    const high = audio[at + 1] ?? 0;
    return (high === 0x7f && low >= 0xf0) || (high === 0x80 && low <= 0x0f);
  }
}
