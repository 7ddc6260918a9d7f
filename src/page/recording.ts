/**
 * Recording: the sound in a file, in frames as fast as they are taken.
 *
 * The browser decodes it. A WAV is decoded at its own rate, so that its samples are sent as they are;
 * anything else at a rate that speech needs.
 */

import { pcmOf, wavRateOf } from './pcm.ts';
import type { Source } from './source.ts';
import { BAR_MS } from './tape.ts';

const SPEECH_RATE_HERTZ = 16_000;

/** A file is held in memory, decoded. */
const FILE_BYTES_MAX = 200_000_000;

/** Throws an Error that says why it is no sound. */
export async function openRecording(file: File): Promise<Source> {
  if (file.size > FILE_BYTES_MAX) {
    throw new Error(`it has ${file.size} bytes, expected at most ${FILE_BYTES_MAX}`);
  }
  const bytes = await file.arrayBuffer();
  const rate = wavRateOf(bytes) ?? SPEECH_RATE_HERTZ;
  const context = new OfflineAudioContext(1, 1, rate);
  const sound = await context.decodeAudioData(bytes);
  return new Recording(monoOf(sound), rate);
}

/** The mean of all channels. */
function monoOf(sound: AudioBuffer): Float32Array {
  const mono = new Float32Array(sound.getChannelData(0));
  for (let channel = 1; channel < sound.numberOfChannels; channel++) {
    for (const [i, sample] of sound.getChannelData(channel).entries()) {
      mono[i] = (mono[i] ?? 0) + sample;
    }
  }
  if (sound.numberOfChannels === 1) return mono;
  return mono.map((sample) => sample / sound.numberOfChannels);
}

class Recording implements Source {
  readonly sampleRateHertz: number;
  readonly #samples: Float32Array;
  #state: 'running' | 'stopped' = 'running';

  constructor(samples: Float32Array, sampleRateHertz: number) {
    this.#samples = samples;
    this.sampleRateHertz = sampleRateHertz;
  }

  async run(onFrame: (pcm: Int16Array<ArrayBuffer>) => Promise<void> | undefined): Promise<void> {
    const frameSamples = Math.floor((this.sampleRateHertz * BAR_MS) / 1000);
    for (let at = 0; at < this.#samples.length; at += frameSamples) {
      if (this.#state === 'stopped') return;
      await onFrame(pcmOf(this.#samples.subarray(at, at + frameSamples)));
    }
  }

  stop(): void {
    this.#state = 'stopped';
  }
}
