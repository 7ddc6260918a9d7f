/**
 * Google sink: a peer as cheap as can be, so that a bench of servers isn't one of the emulator.
 *
 * It says what it heard, as a line of JSON, when it is ended.
 */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { loadMethods } from '../../test/emulator/protos.ts';
import { Hearing } from '../sink/hearing.ts';
import { serve } from '../sink/http2-peer.ts';

const PATH = '/google.cloud.speech.v1.Speech/StreamingRecognize';

const encode = loadMethods().get(PATH)?.encode;
if (encode === undefined) throw new Error(`the protos have no ${PATH}`);
const hearing = new Hearing(encode);
const server = createServer((socket) => serve(socket, (reply) => hearing.stream(reply)));
server.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 }, () => {
  process.stdout.write(`listens on ${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGINT', () => {
  process.stdout.write(`${JSON.stringify(hearing.heard)}\n`, () => process.exit(0));
});
