/**
 * Worklet: runs beside the page's audio, and cuts it into frames.
 *
 * The only file that runs in the browser's audio thread: it computes nothing else there. It posts
 * frames of `frameSamples`, and once told to stop, what is left of the last one.
 */

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: Options) => AudioWorkletProcessor,
): void;

interface Options {
  readonly processorOptions: { readonly frameSamples: number };
}

class Cutter extends AudioWorkletProcessor {
  readonly #frameSamples: number;
  #frame: Float32Array<ArrayBuffer>;
  #filled = 0;
  #state: 'running' | 'stopped' = 'running';

  constructor({ processorOptions: { frameSamples } }: Options) {
    super();
    this.#frameSamples = frameSamples;
    this.#frame = new Float32Array(frameSamples);
    this.port.onmessage = () => this.#stop();
  }

  /** Called by the browser for every 128 samples; false ends it. */
  process([input = []]: Float32Array[][]): boolean {
    const [samples] = input;
    if (samples !== undefined) this.#take(samples);
    return this.#state === 'running';
  }

  #take(samples: Float32Array): void {
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + this.#frameSamples - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#frameSamples) this.#post();
    }
  }

  #stop(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#post();
    this.port.postMessage('end');
  }

  #post(): void {
    const frame = this.#frame.slice(0, this.#filled);
    this.#filled = 0;
    if (frame.length > 0) this.port.postMessage(frame, [frame.buffer]);
  }
}

registerProcessor('earshot-cutter', Cutter);
