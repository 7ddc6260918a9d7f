/**
 * Intake: one stream's audio on its way to segments and silences.
 *
 * Bytes wait here until they are pumped, a little at a time, so that one stream's minute of replay
 * doesn't hold up the others: each window costs the voice detector's time in this thread.
 */
import type { StreamConfig } from './messages.ts';
import type { NewResampler } from './pcm.ts';
import { BYTES_PER_SAMPLE, Pcm } from './pcm.ts';
import { Recent } from './recent.ts';
import type { Draft, Outcome, Span } from './segmenter.ts';
import { Segmenter, WINDOW_SAMPLES } from './segmenter.ts';
import type { Voice, VoicePool } from './voice.ts';

/** A marker stands between the bytes before and after it. */
type Item = Uint8Array | 'endpoint' | 'finish';

/** An outcome with its samples at 16 kHz; those of a silence are none. */
export type Heard = Outcome & { readonly samples: Float32Array };

/** How much audio one pump() takes at most. */
const PUMP_MS_MAX = 200;

const NO_SAMPLES = new Float32Array(0);

export class Intake {
  readonly #pcm: Pcm;
  readonly #voices: VoicePool;
  readonly #pumpBytesMax: number;
  readonly #segmenter = new Segmenter();
  readonly #recent = new Recent();
  /** Bounded by who writes, who knows from pump() what is left. */
  readonly #inbox: Item[] = [];
  #voice: Voice | undefined;
  /** All before it has been judged by the voice detector. */
  #judged = 0;

  constructor(config: StreamConfig, voices: VoicePool, newResampler: NewResampler) {
    const { encoding, sampleRateHertz } = config;
    this.#pcm = new Pcm(encoding, sampleRateHertz, newResampler);
    this.#voices = voices;
    const samplesMax = Math.ceil((sampleRateHertz * PUMP_MS_MAX) / 1000);
    this.#pumpBytesMax = samplesMax * BYTES_PER_SAMPLE[encoding];
  }

  /** Something waits to be pumped. */
  get waits(): boolean {
    return this.#inbox.length > 0;
  }

  /** The open segment; undefined while there is none. */
  get draft(): Draft | undefined {
    return this.#segmenter.draft;
  }

  /** Samples taken so far, at the stream's rate. */
  get taken(): number {
    return this.#pcm.taken;
  }

  put(item: Item): void {
    this.#inbox.push(item);
  }

  /** The samples of a draft. */
  copy({ start, end }: Span): Float32Array {
    return this.#recent.copy(start, end);
  }

  /** A place at 16 kHz in samples of the stream. */
  place(at: number): number {
    return this.#pcm.place(at);
  }

  /** Takes the next of what waits and gives `onHeard` the outcomes. Answers the bytes taken. */
  pump(onHeard: (heard: Heard) => void): number | 'finished' {
    const item = this.#inbox.shift();
    if (item instanceof Uint8Array) return this.#take(item, onHeard);
    if (item === 'endpoint') this.#give(this.#segmenter.endpoint(), onHeard);
    if (item !== 'finish') return 0;
    this.#finish(onHeard);
    return 'finished';
  }

  /** Nothing is pumped after; what waits is forgotten. */
  close(): void {
    this.#voice?.giveBack();
    this.#voice = undefined;
    this.#inbox.length = 0;
  }

  #take(bytes: Uint8Array, onHeard: (heard: Heard) => void): number {
    const now = bytes.subarray(0, this.#pumpBytesMax);
    if (now.byteLength < bytes.byteLength) this.#inbox.unshift(bytes.subarray(now.byteLength));
    this.#recent.append(this.#pcm.take(now));
    this.#judge(onHeard);
    return now.byteLength;
  }

  #judge(onHeard: (heard: Heard) => void): void {
    while (this.#recent.end - this.#judged >= WINDOW_SAMPLES) {
      const window = this.#recent.view(this.#judged, this.#judged + WINDOW_SAMPLES);
      this.#judged += WINDOW_SAMPLES;
      this.#voice ??= this.#voices.take();
      this.#give(this.#segmenter.push(this.#voice.hears(window), energyOf(window)), onHeard);
    }
  }

  #finish(onHeard: (heard: Heard) => void): void {
    this.#recent.append(this.#pcm.finish());
    this.#judge(onHeard);
    this.#give(this.#segmenter.finish(this.#recent.end), onHeard);
    this.close();
  }

  #give(outcomes: readonly Outcome[], onHeard: (heard: Heard) => void): void {
    for (const outcome of outcomes) {
      const samples =
        outcome.kind === 'segment' ? this.#recent.copy(outcome.start, outcome.end) : NO_SAMPLES;
      onHeard({ ...outcome, samples });
    }
    this.#recent.forget(this.#segmenter.settled);
  }
}

function energyOf(window: Float32Array): number {
  let energy = 0;
  for (const sample of window) energy += sample * sample;
  return energy;
}
