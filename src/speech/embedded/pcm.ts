/**
 * Pcm: from the bytes of a stream to the samples that the models hear, and places back again.
 *
 * The models hear Float32 from -1 to 1 at 16 kHz. It knows no sherpa: the resampler is given.
 */
import type { SpeechConfig } from '../recognizer.ts';
import { MODEL_RATE } from './segmenter.ts';

type Encoding = SpeechConfig['encoding'];

/** What resamples; keeps the end of what it took to join it with what follows. */
export interface Resampler {
  resample(samples: Float32Array): Float32Array;
  /** As resample(), and gives out what it kept. */
  flush(samples: Float32Array): Float32Array;
}

export type NewResampler = (fromRate: number, toRate: number) => Resampler;

export const BYTES_PER_SAMPLE: { readonly [E in Encoding]: number } = { LINEAR16: 2, MULAW: 1 };

/** G.711: the byte is inverted; 1 bit sign, 3 bits exponent, 4 bits mantissa. */
const MULAW_VALUES = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 0x8000;
});

const DECODERS: { readonly [E in Encoding]: (bytes: Uint8Array) => Float32Array } = {
  LINEAR16(bytes) {
    const samples = new Float32Array(bytes.byteLength >> 1);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt16(2 * i, true) / 0x8000;
    return samples;
  },
  MULAW(bytes) {
    const samples = new Float32Array(bytes.byteLength);
    for (let i = 0; i < samples.length; i += 1) samples[i] = MULAW_VALUES[bytes[i] ?? 0] ?? 0;
    return samples;
  },
};

const EMPTY = new Float32Array(0);

/** The audio of one stream on its way in. */
export class Pcm {
  readonly #decode: (bytes: Uint8Array) => Float32Array;
  readonly #resampler: Resampler | undefined;
  readonly #rate: number;
  /** At the stream's rate. */
  #taken = 0;
  /** At 16 kHz. */
  #given = 0;
  /** `#given` once nothing follows. */
  #total: number | undefined;

  constructor(encoding: Encoding, rate: number, newResampler: NewResampler) {
    this.#decode = DECODERS[encoding];
    this.#rate = rate;
    this.#resampler = rate === MODEL_RATE ? undefined : newResampler(rate, MODEL_RATE);
  }

  /** Samples taken so far, at the stream's rate. */
  get taken(): number {
    return this.#taken;
  }

  /** `bytes` holds whole samples; the answer may lag behind by some milliseconds. */
  take(bytes: Uint8Array): Float32Array {
    const samples = this.#decode(bytes);
    this.#taken += samples.length;
    const given = this.#resampler === undefined ? samples : this.#resampler.resample(samples);
    this.#given += given.length;
    return given;
  }

  /** What take() still owes. Once; nothing is taken after. */
  finish(): Float32Array {
    const owed = this.#resampler?.flush(EMPTY) ?? EMPTY;
    this.#total = this.#given + owed.length;
    return owed;
  }

  /**
   * A place at 16 kHz in samples of the stream: never beyond what was taken, and the end of what
   * was given is the end of what was taken. A later place never has an earlier answer.
   */
  place(at: number): number {
    if (this.#total !== undefined && at >= this.#total) return this.#taken;
    return Math.min(this.#taken, Math.round((at * this.#rate) / MODEL_RATE));
  }
}
