import { afterAll, beforeAll, describe, expect } from 'vitest';
import { VERSIONS } from '../../emulator/limits.ts';
import { recognizerContract } from '../../recognizer.contract.ts';
import { EmulatorServer, GrpcRig } from './grpc-rigs.ts';
import { VirtualRig } from './rigs.ts';

describe.each(VERSIONS)('Google %s', (version) => {
  recognizerContract('in virtual time, the Google recognizer', () => new VirtualRig(version));
});

describe.each(VERSIONS)("By Google's own client, %s", (version) => {
  let server: EmulatorServer;
  beforeAll(async () => {
    server = await EmulatorServer.start();
  });
  afterAll(async () => {
    await server.close();
    // A stream that was forgotten would have ended by being idle.
    const { ends } = server.emulator.report();
    expect(Object.keys(ends).toSorted()).toEqual(['CANCELLED', 'OK']);
  });

  recognizerContract('over gRPC, the Google recognizer', () => new GrpcRig(version, server));
});
