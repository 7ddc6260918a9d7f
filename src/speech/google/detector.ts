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
/** So many samples a second tell how loud it is; more of them would only cost more. */
const LOOKS_PER_SECOND = 8_000;
/** Speech has so many times the power of the floor: 8 dB. */
const OVER_FLOOR = 6.3;
/** A root mean square below 24 of 32,768 is silence whatever the floor. */
const POWER_MIN = 24 ** 2;
/** In a step the floor rises to so many times itself: 6 dB in a second. No word lasts so long without a dip. */
const RISE = 4 ** (STEP_MS / 1_000);

export class Detector {
  readonly #encoding: SpeechConfig['encoding'];
  readonly #step: number;
  /** Of a step each sample that lies a multiple of this from its beginning is looked at. */
  readonly #stride: number;
  #floor = POWER_MIN;
  #sum = 0;
  #count = 0;

  constructor({ encoding, sampleRateHertz }: SpeechConfig) {
    this.#encoding = encoding;
    this.#step = Math.floor((sampleRateHertz * STEP_MS) / 1000);
    this.#stride = Math.floor(sampleRateHertz / LOOKS_PER_SECOND);
  }

  /** Hears whole samples, and calls `onStep` for each step that they complete. */
  hear(bytes: Uint8Array, onStep: (isVoice: boolean, samples: number) => void): void {
    const isMulaw = this.#encoding === 'MULAW';
    const samples = isMulaw ? bytes : linear16(bytes);
    for (let at = 0; at < samples.length; ) {
      const to = Math.min(samples.length, at + this.#step - this.#count);
      const from = at + ((this.#stride - (this.#count % this.#stride)) % this.#stride);
      const energy = isMulaw ? mulawEnergy : linear16Energy;
      this.#sum += energy(samples, from, to, this.#stride);
      this.#count += to - at;
      at = to;
      if (this.#count === this.#step) onStep(this.#judge(), this.#step);
    }
  }

  #judge(): boolean {
    const power = this.#sum / Math.ceil(this.#step / this.#stride);
    this.#sum = 0;
    this.#count = 0;
    const isVoice = power > Math.max(POWER_MIN, this.#floor * OVER_FLOOR);
    this.#floor = Math.max(POWER_MIN, Math.min(power, this.#floor * RISE));
    return isVoice;
  }
}

/** Little-endian samples, as all processors that this runs on have them; copied only where they stand at an odd place. */
function linear16(bytes: Uint8Array): Int16Array {
  const whole = Math.floor(bytes.length / 2);
  if (bytes.byteOffset % 2 === 0) return new Int16Array(bytes.buffer, bytes.byteOffset, whole);
  return new Int16Array(new Uint8Array(bytes).buffer, 0, whole);
}

/** Of the samples in [from, to), each `stride` apart, the sum of the squares. */
function linear16Energy(
  samples: ArrayLike<number>,
  from: number,
  to: number,
  stride: number,
): number {
  let sum = 0;
  for (let at = from; at < to; at += stride) {
    const sample = samples[at] ?? 0;
    // As integers, which they are: half the time of a product of floats.
    sum += Math.imul(sample, sample);
  }
  return sum;
}

/** ITU-T G.711: the square of each byte's sample. */
const MULAW_SQUARES = Float64Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return magnitude ** 2;
});

function mulawEnergy(bytes: ArrayLike<number>, from: number, to: number, stride: number): number {
  let sum = 0;
  for (let at = from; at < to; at += stride) sum += MULAW_SQUARES[bytes[at] ?? 0xff] ?? 0;
  return sum;
}
