/**
 * Recording: the sound in a file, in frames as fast as they are taken.
 *
 * A WAV that holds what is sent anyway is sent as it is. Anything else the browser decodes, at a rate
 * that is enough for speech.
 */

import { pcmOf } from './pcm.ts';
import type { Source } from './source.ts';
import { BAR_MS } from './tape.ts';
import type { Samples } from './wav.ts';
import { samplesOf } from './wav.ts';

const SPEECH_RATE_HERTZ = 16_000;

/** A file is held in memory, decoded. */
const FILE_BYTES_MAX = 200_000_000;

/** Throws an Error that says why it is no sound. */
export async function openRecording(file: File): Promise<Source> {
  if (file.size > FILE_BYTES_MAX) {
    throw new Error(`it has ${file.size} bytes, expected at most ${FILE_BYTES_MAX}`);
  }
  const bytes = await file.arrayBuffer();
  return new Recording(samplesOf(bytes) ?? (await decoded(bytes)));
}

async function decoded(bytes: ArrayBuffer): Promise<Samples> {
  const context = new OfflineAudioContext(1, 1, SPEECH_RATE_HERTZ);
  const sound = await context.decodeAudioData(bytes);
  return { pcm: pcmOf(monoOf(sound)), sampleRateHertz: SPEECH_RATE_HERTZ };
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
  readonly #pcm: Int16Array<ArrayBuffer>;
  #state: 'running' | 'stopped' = 'running';

  constructor({ pcm, sampleRateHertz }: Samples) {
    this.#pcm = pcm;
    this.sampleRateHertz = sampleRateHertz;
  }

  async run(onFrame: (pcm: Int16Array<ArrayBuffer>) => Promise<void> | undefined): Promise<void> {
    const frameSamples = Math.floor((this.sampleRateHertz * BAR_MS) / 1000);
    for (let at = 0; at < this.#pcm.length; at += frameSamples) {
      if (this.#state === 'stopped') return;
      await onFrame(this.#pcm.subarray(at, at + frameSamples));
    }
  }

  stop(): void {
    this.#state = 'stopped';
  }
}
