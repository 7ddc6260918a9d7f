/**
 * gRPC rigs: the Google recognizer on the emulator by real gRPC, whoever carries it.
 */
import { systemClock } from '../../../src/clock.ts';
import type { Driver, Version } from '../../../src/speech/google/driver.ts';
import type { DriverName } from '../../../src/speech/google/driver-choice.ts';
import { driversOf } from '../../../src/speech/google/drivers.ts';
import type { GoogleRecognizer } from '../../../src/speech/google/recognizer.ts';
import type { EmulatorOptions } from '../../emulator/emulator.ts';
import { Emulator } from '../../emulator/emulator.ts';
import { GrpcFront } from '../../emulator/grpc.ts';
import { RecordedStream } from '../../fakes/recorded-stream.ts';
import type { Rig } from '../../recognizer.contract.ts';
import { CONFIG, recognizerOf, silence, speech } from './rigs.ts';

/** A driver to a port of this machine. */
export function driverTo(port: number, name: DriverName, version: Version): Driver {
  const place = { host: '127.0.0.1', port, isPlain: true, project: 'p' };
  return driversOf(name, version, place, systemClock)();
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

  newDriver(name: DriverName, version: Version): Driver {
    return driverTo(this.front.port, name, version);
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

/** A driver before an emulator, and the clock of the process. */
export class GrpcRig implements Rig {
  readonly config = CONFIG;
  readonly recognizer: GoogleRecognizer;
  readonly speech = speech;
  readonly silence = silence;
  readonly until = until;

  constructor(name: DriverName, version: Version, server: EmulatorServer) {
    this.recognizer = recognizerOf(version, systemClock, () => server.newDriver(name, version));
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
