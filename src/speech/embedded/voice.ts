/**
 * Voice: is somebody speaking, window by window; and a pool of the detectors that tell.
 *
 * A detector costs megabytes of native memory and 75 ms to make, and only the garbage collector
 * frees it: one that a stream gives back serves the next.
 */
import { join } from 'node:path';
import { MODEL_FILES } from './models.ts';
import { MODEL_RATE, WINDOW_SAMPLES } from './segmenter.ts';
import type { Sherpa, VoiceDetector } from './sherpa.ts';

/** One stream's detector. */
export interface Voice {
  /** `window` has WINDOW_SAMPLES. Costs about half a millisecond, in this thread. */
  hears(window: Float32Array): boolean;
  /** For the next stream. Call it once; the voice isn't used after. */
  giveBack(): void;
}

export interface VoicePool {
  take(): Voice;
}

/** Low: a missed word is worse than a needless decode. */
const THRESHOLD = 0.3;
/** One window: how long a pause must be to count is the segmenter's to say. */
const DURATION_MIN_S = 0.03;
/** Longer speech would make the detector raise its threshold. */
const SPEECH_MAX_S = 100_000;
/** What the detector collects is thrown away at once, so its buffer stays small. */
const BUFFER_S = 2;

class SileroVoice implements Voice {
  readonly #detector: VoiceDetector;
  readonly #free: SileroVoice[];

  constructor(detector: VoiceDetector, free: SileroVoice[]) {
    this.#detector = detector;
    this.#free = free;
  }

  hears(window: Float32Array): boolean {
    this.#detector.acceptWaveform(window);
    const isVoice = this.#detector.isDetected();
    if (isVoice) this.#detector.flush();
    while (!this.#detector.isEmpty()) this.#detector.pop();
    return isVoice;
  }

  giveBack(): void {
    this.#detector.reset();
    this.#free.push(this);
  }
}

export class SileroPool implements VoicePool {
  readonly #sherpa: Sherpa;
  readonly #model: string;
  /** Together with those in use never more than were in use at once. */
  readonly #free: SileroVoice[] = [];

  /** The model's file must have been checked: a damaged one ends the process. */
  constructor(sherpa: Sherpa, modelsDir: string, readyCount: number) {
    this.#sherpa = sherpa;
    this.#model = join(modelsDir, MODEL_FILES.voice.file);
    for (let i = 0; i < readyCount; i += 1) this.#free.push(this.#make());
  }

  take(): Voice {
    return this.#free.pop() ?? this.#make();
  }

  #make(): SileroVoice {
    const sileroVad = {
      model: this.#model,
      threshold: THRESHOLD,
      minSilenceDuration: DURATION_MIN_S,
      minSpeechDuration: DURATION_MIN_S,
      maxSpeechDuration: SPEECH_MAX_S,
      windowSize: WINDOW_SAMPLES,
    };
    const config = { sileroVad, sampleRate: MODEL_RATE, numThreads: 1, debug: 0 } as const;
    return new SileroVoice(new this.#sherpa.Vad(config, BUFFER_S), this.#free);
  }
}
