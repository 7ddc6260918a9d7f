import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Heard } from '../../../fakes/heard.ts';
import { until } from '../grpc-rigs.ts';
import { silence } from '../rigs.ts';
import { OPENING, PeerRig, RESPONSE } from './peer-rig.ts';

const rig = new PeerRig();
afterEach(() => rig.close());

const PREFACE_BYTES = 24;
const TYPE = { data: 0, headers: 1, reset: 3, settings: 4 } as const;
const END_STREAM = 1;
const END_HEADERS = 4;
/** As HPACK's table has it. */
const STATUS_200 = Buffer.from([0x88]);

function frame(type: number, flags: number, stream: number, body: Buffer): Buffer {
  const head = Buffer.from([0, 0, body.length, type, flags, 0, 0, 0, stream]);
  return Buffer.concat([head, body]);
}

/** The types and flags of all frames after the preface. */
function framesIn(bytes: Buffer): (readonly [type: number, flags: number])[] {
  const frames: (readonly [number, number])[] = [];
  for (let at = PREFACE_BYTES; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    frames.push([bytes[at + 3] ?? -1, bytes[at + 4] ?? 0]);
  }
  return frames;
}

function isEnd([type, flags]: readonly [number, number]): boolean {
  return type === TYPE.reset || (type === TYPE.data && (flags & END_STREAM) !== 0);
}

/** Frames by hand: Node's own server resets what it ends. Answers the first call once, so. */
async function listen(answer: Buffer): Promise<{ port: number; isOver: () => boolean }> {
  let bytes: Buffer = Buffer.alloc(0);
  let socket: Socket | undefined;
  const answered: Buffer[] = [];
  const server = createServer((accepted) => {
    socket = accepted.on('error', () => undefined);
    accepted.write(frame(TYPE.settings, 0, 0, Buffer.alloc(0)));
    accepted.on('data', (some: Buffer) => {
      bytes = Buffer.concat([bytes, some]);
      if (answered.length > 0 || !framesIn(bytes).some(([type]) => type === TYPE.headers)) return;
      answered.push(answer);
      accepted.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  rig.keep({
    close: () => {
      socket?.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
  return {
    port: (server.address() as AddressInfo).port,
    isOver: () => framesIn(bytes).some(isEnd),
  };
}

describe('Http2Call whose answer ends without trailers, and without a reset', () => {
  it('ends with 13 after what was said, and leaves no stream open', async () => {
    const { port, isOver } = await listen(
      Buffer.concat([
        frame(TYPE.headers, END_HEADERS, 1, STATUS_200),
        frame(TYPE.data, END_STREAM, 1, RESPONSE),
      ]),
    );
    const heard = new Heard();
    rig.driverTo(port).open(OPENING, heard).write(silence(100));
    await until(() => heard.ends.length > 0);
    const text = 'Received RST_STREAM with code 0 (Call ended without gRPC status)';
    expect([heard.messages, heard.ends]).toEqual([1, [[13, text]]]);
    // Both sides have ended it: nothing is left to be reset.
    await until(isOver);
  });
});
