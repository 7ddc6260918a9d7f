/**
 * ws sink: a server on `ws` with bufferutil that only receives.
 *
 * A text message is JSON with audio as base64, which is decoded.
 */
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { collectWhenAsked } from '../garbage.ts';

// ws takes it where it is, and says nothing where it isn't.
createRequire(import.meta.url)('bufferutil');

let [bytes, frames] = [0, 0];
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    frames += 1;
    if (isBinary) bytes += data.byteLength;
    else {
      const { content } = JSON.parse(data.toString()) as { content: string };
      bytes += Buffer.from(content, 'base64').byteLength;
    }
  });
});
server.on('listening', () => {
  process.stdout.write(`listens on ${(server.address() as AddressInfo).port}\n`);
});
collectWhenAsked();
process.once('SIGINT', () => {
  process.stdout.write(`${JSON.stringify({ bytes, frames })}\n`);
  process.exit(0);
});
