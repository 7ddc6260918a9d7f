/**
 * Rigs: the Google recognizer on the emulator, in virtual time.
 *
 * What goes by real gRPC is in grpc-rigs.ts: who needs virtual time only doesn't load it.
 */
import type { Clock } from '../../../src/clock.ts';
import type { Driver, Version } from '../../../src/speech/google/driver.ts';
import type { GoogleEvents } from '../../../src/speech/google/events.ts';
import { GoogleRecognizer } from '../../../src/speech/google/recognizer.ts';
import type { SpeechConfig } from '../../../src/speech/recognizer.ts';
import type { RotationPolicy } from '../../../src/speech/rotation.ts';
import type { EmulatorOptions } from '../../emulator/emulator.ts';
import { Emulator } from '../../emulator/emulator.ts';
import { InProcess } from '../../emulator/in-process.ts';
import { linear16, speak } from '../../emulator/voice.ts';
import { EmulatorDriver } from '../../fakes/emulator-driver.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import type { Rig } from '../../recognizer.contract.ts';

export const RATE = 16_000;

export const CONFIG: SpeechConfig = {
  encoding: 'LINEAR16',
  sampleRateHertz: RATE,
  languages: ['en-US'],
  interim: true,
  words: true,
  punctuation: true,
  alternatives: 1,
  profanityFilter: false,
  phrases: [],
  model: undefined,
};

const ROTATION: RotationPolicy = { softMs: 240_000, jitterMs: 15_000, hardMs: 290_000 };

export function recognizerOf(
  version: Version,
  clock: Clock,
  newDriver: () => Driver,
  options: {
    readonly startsPerMinuteMax?: number;
    readonly rotation?: RotationPolicy;
    readonly events?: GoogleEvents | undefined;
  } = {},
): GoogleRecognizer {
  const account = { version, project: 'p', location: 'global', model: undefined };
  const { startsPerMinuteMax, rotation = ROTATION, events } = options;
  return new GoogleRecognizer({
    clock,
    account,
    newDriver,
    rotation,
    starts: startsPerMinuteMax,
    events,
  });
}

/** So many utterances of six words, with silence around each. */
export function speech(utterances: number): Uint8Array {
  const words = Array.from({ length: 6 * utterances }, (_, n) => ({
    number: n + 1,
    ms: 200,
    pauseMs: n % 6 === 0 ? 1_000 : 40,
  }));
  return linear16(speak(words, RATE, 1_000).samples);
}

export function silence(ms: number): Uint8Array {
  return new Uint8Array((2 * RATE * ms) / 1000);
}

/** Everything in virtual time. */
export class VirtualRig implements Rig {
  readonly clock = new FakeClock();
  readonly config = CONFIG;
  readonly emulator: Emulator;
  readonly front: InProcess;
  readonly recognizer: GoogleRecognizer;
  readonly speech = speech;
  readonly silence = silence;

  constructor(version: Version, options: EmulatorOptions = {}, events?: GoogleEvents) {
    this.emulator = new Emulator(this.clock, options);
    this.front = new InProcess(this.emulator, this.clock);
    const newDriver = (): Driver => new EmulatorDriver(this.front);
    this.recognizer = recognizerOf(version, this.clock, newDriver, { events });
  }

  async until(condition: () => boolean): Promise<void> {
    for (let ms = 0; !condition(); ms += 10) {
      if (ms > 60_000) throw new Error('that never came');
      await this.clock.advance(10);
    }
  }

  settle(): Promise<void> {
    return this.clock.advance(10_000);
  }

  async close(): Promise<void> {
    await this.recognizer.close();
    await this.clock.advance(1_000);
  }
}
