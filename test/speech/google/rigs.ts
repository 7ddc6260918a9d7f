/**
 * Rigs: the Google recognizer on the emulator, in virtual time or over real gRPC.
 */
import type { Clock } from '../../../src/clock.ts';
import { systemClock } from '../../../src/clock.ts';
import type { Driver, Version } from '../../../src/speech/google/driver.ts';
import type { GoogleEvents } from '../../../src/speech/google/events.ts';
import { LibraryDriver } from '../../../src/speech/google/library.ts';
import { GoogleRecognizer } from '../../../src/speech/google/recognizer.ts';
import type { SpeechConfig } from '../../../src/speech/recognizer.ts';
import type { RotationPolicy } from '../../../src/speech/rotation.ts';
import type { EmulatorOptions } from '../../emulator/emulator.ts';
import { Emulator } from '../../emulator/emulator.ts';
import { GrpcFront } from '../../emulator/grpc.ts';
import { InProcess } from '../../emulator/in-process.ts';
import { linear16, speak } from '../../emulator/voice.ts';
import { EmulatorDriver } from '../../fakes/emulator-driver.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { RecordedStream } from '../../fakes/recorded-stream.ts';
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
  return new GoogleRecognizer({ clock, account, newDriver, rotation, startsPerMinuteMax, events });
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

/** The emulator behind its port; nothing that it says waits. */
export class EmulatorServer {
  readonly emulator: Emulator;
  readonly front: GrpcFront;

  private constructor(emulator: Emulator, front: GrpcFront) {
    this.emulator = emulator;
    this.front = front;
  }

  static async start(options: EmulatorOptions = {}): Promise<EmulatorServer> {
    const latency = { interimMs: 0, finalMs: 0, activityMs: 0, tailMs: 0 };
    const emulator = new Emulator(systemClock, { latency, ...options });
    return new EmulatorServer(emulator, await GrpcFront.listen(emulator, systemClock));
  }

  newDriver(version: Version): LibraryDriver {
    const { port } = this.front;
    const place = { host: '127.0.0.1', port, isPlain: true, project: 'p' };
    return new LibraryDriver(version, place, systemClock);
  }

  /** No stream is left open, and the port is free. */
  async close(): Promise<void> {
    await until(() => this.emulator.report().open.length === 0);
    await this.front.close();
  }
}

/** Lets what is on its way arrive until `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => systemClock.after(2, resolve));
}

/** Google's client library before an emulator, and the clock of the process. */
export class GrpcRig implements Rig {
  readonly config = CONFIG;
  readonly recognizer: GoogleRecognizer;
  readonly speech = speech;
  readonly silence = silence;
  readonly until = until;

  constructor(version: Version, server: EmulatorServer) {
    this.recognizer = recognizerOf(version, systemClock, () => server.newDriver(version));
  }

  /** A stream that is opened later ends after all others have said what they can. */
  async settle(): Promise<void> {
    const probe = new RecordedStream(this.recognizer, CONFIG);
    probe.write(speech(1));
    probe.finish();
    await until(() => probe.ends.length > 0);
  }

  close(): Promise<void> {
    return this.recognizer.close();
  }
}
