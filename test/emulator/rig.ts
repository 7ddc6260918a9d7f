/**
 * Rig: an emulator in virtual time, and a client that writes down all it is told.
 */
import { FakeClock } from '../fakes/fake-clock.ts';
import type { Call, CallEvents } from './call.ts';
import type { Change, EmulatorOptions } from './emulator.ts';
import { Emulator } from './emulator.ts';
import type { Channel } from './in-process.ts';
import { InProcess } from './in-process.ts';
import type { Version } from './limits.ts';
import type { Response } from './response.ts';
import { linear16, numbersIn } from './voice.ts';

export const RATE = 8_000;

/** What the recording client asks for, in the form of its version. */
export function requestFor(version: Version, rate = RATE): object {
  if (version === 'v1') {
    return {
      streamingConfig: {
        config: {
          encoding: 'LINEAR16',
          sampleRateHertz: rate,
          languageCode: 'en-US',
          enableWordTimeOffsets: true,
        },
        interimResults: true,
        enableVoiceActivityEvents: true,
      },
    };
  }
  return {
    recognizer: 'projects/p/locations/global/recognizers/_',
    streamingConfig: {
      config: {
        explicitDecodingConfig: {
          encoding: 'LINEAR16',
          sampleRateHertz: rate,
          audioChannelCount: 1,
        },
        languageCodes: ['en-US'],
        model: 'long',
        features: { enableWordTimeOffsets: true },
      },
      streamingFeatures: { interimResults: true, enableVoiceActivityEvents: true },
    },
  };
}

/** All that one call was told. */
export class Recorder implements CallEvents {
  readonly messages: Response[] = [];
  readonly atMs: number[] = [];
  readonly ends: { readonly code: number; readonly text: string; readonly atMs: number }[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  onMessage(response: Response): void {
    this.messages.push(response);
    this.atMs.push(this.#nowMs());
  }

  onEnd(code: number, text: string): void {
    this.ends.push({ code, text, atMs: this.#nowMs() });
  }

  /** How the call ended; undefined while it runs. */
  get end(): { readonly code: number; readonly text: string } | undefined {
    const [end] = this.ends;
    return end === undefined ? undefined : { code: end.code, text: end.text };
  }

  /** The numbers of all finals, in order. */
  get said(): number[] {
    return finalsOf(this.messages).flatMap(numbersIn);
  }
}

/** The texts of all finals. */
export function finalsOf(messages: readonly Response[]): string[] {
  return messages.flatMap(({ results }) =>
    results
      .filter(({ isFinal }) => isFinal)
      .map((result) => result.alternatives[0]?.transcript ?? ''),
  );
}

export class Rig {
  readonly clock = new FakeClock();
  readonly changes: Change[] = [];
  readonly emulator: Emulator;
  readonly channel: Channel;
  readonly front: InProcess;

  constructor(options: EmulatorOptions = {}) {
    const watch = (change: Change): void => {
      this.changes.push(change);
    };
    this.emulator = new Emulator(this.clock, { watch, ...options });
    this.front = new InProcess(this.emulator, this.clock, { wireMs: 5 });
    this.channel = this.front.channel();
  }

  /** Opens a call, on the rig's own channel unless another is given. */
  open(
    version: Version,
    request: object = requestFor(version),
    channel: Channel = this.channel,
  ): { call: Call; heard: Recorder } {
    const heard = new Recorder(() => this.clock.nowMs());
    return { call: channel.open(version, request, heard), heard };
  }

  /** Writes samples as live audio: a chunk, then the time it lasts. */
  async speak(call: Call, samples: Int16Array, chunkMs = 100): Promise<void> {
    const chunk = (RATE * chunkMs) / 1000;
    for (let from = 0; from < samples.length; from += chunk) {
      call.write(linear16(samples.subarray(from, from + chunk)));
      await this.clock.advance(chunkMs);
    }
  }

  /** Writes silence as live audio. */
  silence(call: Call, ms: number): Promise<void> {
    return this.speak(call, new Int16Array((RATE * ms) / 1000));
  }
}
