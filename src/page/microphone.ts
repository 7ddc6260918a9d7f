/**
 * Microphone: live audio at the device's own rate, in frames.
 *
 * The context is asked for no rate: with 16,000 Hertz some browsers refuse the microphone. What the
 * device has is what `start` declares.
 */

import type { Clock } from '../clock.ts';
import { pcmOf, thinningOf } from './pcm.ts';
import type { MicrophoneOptions, Source, SourceEvents } from './source.ts';
import { BAR_MS } from './tape.ts';

/** Throws the browser's DOMException when there is no microphone for us. */
export async function openMicrophone(
  { deviceId, processed }: MicrophoneOptions,
  clock: Clock,
  events: SourceEvents,
): Promise<Source> {
  const media = await navigator.mediaDevices.getUserMedia({
    audio: {
      channelCount: 1,
      echoCancellation: processed,
      noiseSuppression: processed,
      autoGainControl: processed,
      ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
    },
  });
  try {
    return await Microphone.on(media, clock, events);
  } catch (error) {
    stopTracks(media);
    throw error;
  }
}

/** Those with names: browsers give names only once a microphone was allowed. */
export async function microphones(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, label }) => kind === 'audioinput' && label !== '');
}

interface MicrophoneParts {
  readonly media: MediaStream;
  readonly context: AudioContext;
  readonly clock: Clock;
  readonly events: SourceEvents;
}

class Microphone implements Source {
  readonly sampleRateHertz: number;
  readonly #thinning: number;
  readonly #media: MediaStream;
  readonly #context: AudioContext;
  readonly #cutter: AudioWorkletNode;
  readonly #clock: Clock;
  readonly #events: SourceEvents;
  #state: 'ready' | 'running' | 'over' = 'ready';
  /** When the system took it. */
  #pausedMs: number | undefined;

  private constructor({ media, context, clock, events }: MicrophoneParts) {
    const thinning = thinningOf(context.sampleRate);
    this.#thinning = thinning;
    this.#media = media;
    this.#context = context;
    this.sampleRateHertz = Math.floor(context.sampleRate / thinning);
    const frameSamples = Math.floor((this.sampleRateHertz * BAR_MS) / 1000) * thinning;
    this.#cutter = new AudioWorkletNode(context, 'earshot-cutter', {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
      processorOptions: { frameSamples },
    });
    for (const track of media.getTracks()) track.addEventListener('ended', () => events.onGone());
    this.#clock = clock;
    this.#events = events;
    context.addEventListener('statechange', () => this.#onChange());
  }

  static async on(media: MediaStream, clock: Clock, events: SourceEvents): Promise<Microphone> {
    const context = new AudioContext();
    try {
      await context.audioWorklet.addModule(new URL('worklet.js', import.meta.url));
      return new Microphone({ media, context, clock, events });
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  async run(onFrame: (pcm: Int16Array<ArrayBuffer>) => unknown): Promise<void> {
    this.#state = 'running';
    const over = new Promise<void>((resolve) => {
      this.#cutter.port.onmessage = ({ data }: MessageEvent<Float32Array | 'end'>) => {
        if (data === 'end') resolve();
        else onFrame(pcmOf(data, this.#thinning));
      };
    });
    try {
      this.#context.createMediaStreamSource(this.#media).connect(this.#cutter);
      // Without a gesture it would wait for one.
      await this.#context.resume();
      await over;
    } finally {
      this.#state = 'over';
      await this.#context.close();
    }
  }

  stop(): void {
    stopTracks(this.#media);
    if (this.#state === 'running') this.#cutter.port.postMessage('stop');
    if (this.#state !== 'ready') return;
    this.#state = 'over';
    // Browsers give a page only a few of them.
    void this.#context.close();
  }

  /** A phone call suspends the context, and not every browser takes it up again. */
  #onChange(): void {
    if (this.#state !== 'running') return;
    if (this.#context.state !== 'running') {
      if (this.#pausedMs === undefined) this.#events.onPaused();
      this.#pausedMs ??= this.#clock.nowMs();
      // While the system keeps it, this is refused.
      this.#context.resume().catch(() => undefined);
    } else if (this.#pausedMs !== undefined) {
      this.#events.onBack(this.#clock.nowMs() - this.#pausedMs);
      this.#pausedMs = undefined;
    }
  }
}

function stopTracks(media: MediaStream): void {
  for (const track of media.getTracks()) track.stop();
}
