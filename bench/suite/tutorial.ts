/**
 * Tutorial: the peer in Python, with the messages of the package's own protos.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { source, startArm } from './arms.ts';
import { described, hasPython, PYTHON } from './machine.ts';
import type { ArmBehind } from './path.ts';

const PROTO = 'google/cloud/speech/v1/cloud_speech.proto';

/** The folders of protos that the package brings: its own, and those that all of Google's share. */
function protoFolders(): string[] {
  const main = createRequire(import.meta.url).resolve('@google-cloud/speech');
  const shared = createRequire(main).resolve('google-gax');
  return [main, shared].map((file) => join(dirname(file), '..', 'protos'));
}

/** Undefined where the machine lacks what it needs. */
export function tutorial(): ArmBehind | undefined {
  if (!hasPython(['websockets', 'grpc', 'google.protobuf'])) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'speech.descriptors');
  if (!described(PROTO, protoFolders(), file)) return undefined;
  return (port) => ({
    name: 'tutorial',
    what: "Python: asyncio, `websockets`, a thread a stream, grpcio's blocking call",
    start: () =>
      startArm({
        command: PYTHON,
        argv: [source('peers/tutorial.py'), `127.0.0.1:${port}`, file],
        speaks: 'earshot',
        collects: false,
      }),
  });
}

export const NO_TUTORIAL = `skipped: the tutorial's server, for want of ${PYTHON} with websockets, grpc and protobuf, or of protoc`;
