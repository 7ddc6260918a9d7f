/**
 * Detector: whether somebody may be speaking, by loudness alone (pure).
 *
 * Google says nothing at all of silence. So this tells which audio is surely none: what is hardly
 * louder than the noise around it. The floor follows that noise, down at once and up slowly. It may
 * take noise for speech; it must not take speech for silence.
 */
import type { SpeechConfig } from '../recognizer.ts';

/** Loudness is judged in steps of this many milliseconds. */
const STEP_MS = 10;
/** Speech has so many times the power of the floor: 8 dB. */
const OVER_FLOOR = 6.3;
/** A root mean square below 24 of 32,768 is silence whatever the floor. */
const POWER_MIN = 24 ** 2;
/** In a step the floor rises to so many times itself: 6 dB in a second. No word lasts so long without a dip. */
const RISE = 4 ** (STEP_MS / 1_000);

export class Detector {
  readonly #decode: (bytes: Uint8Array, at: number) => number;
  readonly #bytesPerSample: number;
  readonly #step: number;
  #floor = POWER_MIN;
  #sum = 0;
  #count = 0;

  constructor({ encoding, sampleRateHertz }: SpeechConfig) {
    this.#decode = encoding === 'MULAW' ? mulaw : linear16;
    this.#bytesPerSample = encoding === 'MULAW' ? 1 : 2;
    this.#step = Math.floor((sampleRateHertz * STEP_MS) / 1000);
  }

  /** Hears whole samples, and calls `onStep` for each step that they complete. */
  hear(bytes: Uint8Array, onStep: (isVoice: boolean, samples: number) => void): void {
    for (let at = 0; at + this.#bytesPerSample <= bytes.byteLength; at += this.#bytesPerSample) {
      const sample = this.#decode(bytes, at);
      this.#sum += sample * sample;
      this.#count += 1;
      if (this.#count === this.#step) onStep(this.#judge(), this.#step);
    }
  }

  #judge(): boolean {
    const power = this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    const isVoice = power > Math.max(POWER_MIN, this.#floor * OVER_FLOOR);
    this.#floor = Math.max(POWER_MIN, Math.min(power, this.#floor * RISE));
    return isVoice;
  }
}

function linear16(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) << 16) >> 16;
}

/** ITU-T G.711, as a 16-bit sample. */
const MULAW_SAMPLES = Int16Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
});

function mulaw(bytes: Uint8Array, at: number): number {
  return MULAW_SAMPLES[bytes[at] ?? 0xff] ?? 0;
}
