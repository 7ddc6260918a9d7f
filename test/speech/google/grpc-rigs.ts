/**
 * gRPC rigs: the Google recognizer on the emulator by Google's own client and real gRPC.
 */
import { systemClock } from '../../../src/clock.ts';
import type { Version } from '../../../src/speech/google/driver.ts';
import { LibraryDriver } from '../../../src/speech/google/library.ts';
import type { GoogleRecognizer } from '../../../src/speech/google/recognizer.ts';
import type { EmulatorOptions } from '../../emulator/emulator.ts';
import { Emulator } from '../../emulator/emulator.ts';
import { GrpcFront } from '../../emulator/grpc.ts';
import { RecordedStream } from '../../fakes/recorded-stream.ts';
import type { Rig } from '../../recognizer.contract.ts';
import { CONFIG, recognizerOf, silence, speech } from './rigs.ts';

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
