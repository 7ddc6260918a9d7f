/**
 * Sherpa: the part of `sherpa-onnx-node` that we use, with the types that it lacks.
 *
 * The only file that loads it. Everything it makes is native memory that only the garbage
 * collector frees, so what can be used again is kept.
 */
import { createRequire } from 'node:module';
import { EarshotError, messageOf } from '../../errors.ts';
import type { Resampler } from './pcm.ts';

export interface VoiceDetector {
  /** Copies; decides about each full window at once, in this thread. */
  acceptWaveform(samples: Float32Array): void;
  /** After the last window. */
  isDetected(): boolean;
  isEmpty(): boolean;
  pop(): void;
  /** Closes the segment that it collects; what it knows of the voice stays. */
  flush(): void;
  /** Forgets everything, as if new. */
  reset(): void;
}

interface VoiceConfig {
  readonly sileroVad: {
    readonly model: string;
    /** 0..1: voice is on above it, and off below it. */
    readonly threshold: number;
    /** Seconds, as all durations here. */
    readonly minSilenceDuration: number;
    readonly minSpeechDuration: number;
    readonly maxSpeechDuration: number;
    /** Samples. */
    readonly windowSize: number;
  };
  readonly sampleRate: number;
  readonly numThreads: number;
  readonly debug: 0 | 1;
}

interface OfflineStream {
  /** Once; copies. */
  acceptWaveform(audio: { readonly samples: Float32Array; readonly sampleRate: number }): void;
}

export interface OfflineRecognizer {
  createStream(): OfflineStream;
  /** Runs on libuv's thread pool, which fs and dns share. */
  decodeAsync(stream: OfflineStream): Promise<{ readonly text: string }>;
}

interface OfflineConfig {
  readonly featConfig: { readonly sampleRate: number; readonly featureDim: number };
  readonly modelConfig: {
    readonly moonshine: { readonly encoder: string; readonly mergedDecoder: string };
    readonly tokens: string;
    readonly numThreads: number;
    readonly provider: 'cpu';
    readonly debug: 0 | 1;
  };
}

export interface Sherpa {
  readonly Vad: new (config: VoiceConfig, bufferSeconds: number) => VoiceDetector;
  readonly OfflineRecognizer: {
    createAsync(config: OfflineConfig): Promise<OfflineRecognizer>;
  };
  readonly LinearResampler: new (fromRate: number, toRate: number) => Resampler;
}

/** Throws EarshotError `native_missing` where the package has no binary for this machine. */
export function loadSherpa(): Sherpa {
  const require = createRequire(import.meta.url);
  try {
    return require('sherpa-onnx-node') as Sherpa;
  } catch (thrown) {
    const machine = `${process.platform} ${process.arch}`;
    const message = `sherpa-onnx-node doesn't load on ${machine}: ${messageOf(thrown)}`;
    throw new EarshotError('native_missing', 'edge', message, thrown);
  }
}
