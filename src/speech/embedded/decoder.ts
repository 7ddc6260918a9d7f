/**
 * Decoder: the text of a stretch of speech, by one model that serves every stream.
 *
 * It knows what the model needs of its input, and nothing of streams. The caller bounds how many
 * decodes are in flight: they run on a thread pool that the whole process shares.
 */
import { join } from 'node:path';
import { MODEL_FILES } from './models.ts';
import { MODEL_RATE } from './segmenter.ts';
import type { OfflineRecognizer, Sherpa } from './sherpa.ts';

/** What the Decodes ask of it. */
export interface Decoder {
  /** The text of `samples`, or '' when there is nothing to be heard. Leaves `samples` as they are. */
  interim(samples: Float32Array): Promise<string>;
  /** As interim(), trying harder before it answers ''. */
  final(samples: Float32Array): Promise<string>;
}

/**
 * Silence around the speech, in samples, in the order tried: the model stays silent on some
 * segments that it reads well with another padding.
 */
const PADDINGS = [0, 0.25, 0.1, 0.5].map((seconds) => seconds * MODEL_RATE);

/**
 * Then, what to leave out at the beginning and the end, in samples: the pre-roll and the tail alone
 * can keep the model silent ("ask not", 1 s of speech in 2.5 s, came to nothing with any padding).
 */
const TRIMS = [
  { head: 0.3, tail: 0.2 },
  { head: 0.2, tail: 0 },
  { head: 0.4, tail: 0.2 },
].map(({ head, tail }) => ({ head: head * MODEL_RATE, tail: tail * MODEL_RATE }));
/** A shorter rest is not worth a try. */
const TRIMMED_MIN = 0.5 * MODEL_RATE;

/** Speech whose peak is below it is amplified to `PEAK_TARGET`, at most by `GAIN_MAX`. */
const PEAK_QUIET = 0.1;
const PEAK_TARGET = 0.5;
const GAIN_MAX = 10;

/** Two decodes at once fill two cores better than one decode on two threads does. */
const THREADS_PER_DECODE = 1;

export class MoonshineDecoder implements Decoder {
  readonly #recognizer: OfflineRecognizer;

  private constructor(recognizer: OfflineRecognizer) {
    this.#recognizer = recognizer;
  }

  /** Loads the model, whose files must have been checked: a damaged one ends the process. */
  static async load(
    sherpa: Pick<Sherpa, 'OfflineRecognizer'>,
    modelsDir: string,
  ): Promise<MoonshineDecoder> {
    const { encoder, decoder, tokens } = MODEL_FILES;
    const recognizer = await sherpa.OfflineRecognizer.createAsync({
      featConfig: { sampleRate: MODEL_RATE, featureDim: 80 },
      modelConfig: {
        moonshine: {
          encoder: join(modelsDir, encoder.file),
          mergedDecoder: join(modelsDir, decoder.file),
        },
        tokens: join(modelsDir, tokens.file),
        numThreads: THREADS_PER_DECODE,
        provider: 'cpu',
        debug: 0,
      },
    });
    return new MoonshineDecoder(recognizer);
  }

  interim(samples: Float32Array): Promise<string> {
    return this.#decode(amplified(samples), 0);
  }

  async final(samples: Float32Array): Promise<string> {
    const audible = amplified(samples);
    for (const padding of PADDINGS) {
      const text = await this.#decode(audible, padding);
      if (text !== '') return text;
    }
    return this.#trimmed(audible);
  }

  async #trimmed(samples: Float32Array): Promise<string> {
    for (const { head, tail } of TRIMS) {
      const rest = samples.subarray(head, samples.length - tail);
      if (rest.length < TRIMMED_MIN) continue;
      const text = await this.#decode(rest, 0);
      if (text !== '') return text;
    }
    return '';
  }

  async #decode(samples: Float32Array, padding: number): Promise<string> {
    const stream = this.#recognizer.createStream();
    stream.acceptWaveform({ samples: padded(samples, padding), sampleRate: MODEL_RATE });
    const { text } = await this.#recognizer.decodeAsync(stream);
    return text.trim();
  }
}

function padded(samples: Float32Array, padding: number): Float32Array {
  if (padding === 0) return samples;
  const longer = new Float32Array(samples.length + 2 * padding);
  longer.set(samples, padding);
  return longer;
}

function amplified(samples: Float32Array): Float32Array {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  if (peak === 0 || peak >= PEAK_QUIET) return samples;
  const gain = Math.min(GAIN_MAX, PEAK_TARGET / peak);
  return samples.map((sample) => sample * gain);
}
