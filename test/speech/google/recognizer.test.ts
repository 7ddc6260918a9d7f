import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Version } from '../../../src/speech/google/driver.ts';
import type { DriverName } from '../../../src/speech/google/driver-choice.ts';
import { DRIVERS } from '../../../src/speech/google/driver-choice.ts';
import { VERSIONS } from '../../emulator/limits.ts';
import { recognizerContract } from '../../recognizer.contract.ts';
import { EmulatorServer, GrpcRig } from './grpc-rigs.ts';
import { VirtualRig } from './rigs.ts';

describe.each(VERSIONS)('Google %s', (version) => {
  recognizerContract('in virtual time, the Google recognizer', () => new VirtualRig(version));
});

const WAYS: readonly (readonly [DriverName, Version])[] = DRIVERS.flatMap((name) =>
  VERSIONS.map((version) => [name, version] as const),
);

describe.each(WAYS)('By the driver %s, %s', (name, version) => {
  let server: EmulatorServer;
  beforeAll(async () => {
    server = await EmulatorServer.start();
  });
  afterAll(async () => {
    await server.close();
    // A stream that was forgotten would have ended by being idle. Node half-closes what it resets, which
    // the emulator may answer first: what is cancelled may end well there.
    const { CANCELLED, ...others } = server.emulator.report().ends;
    expect(Object.keys(others)).toEqual(['OK']);
    expect(CANCELLED ?? 0).toBeGreaterThanOrEqual(name === 'library' ? 1 : 0);
  });

  recognizerContract('over gRPC, the Google recognizer', () => new GrpcRig(name, version, server));
});
