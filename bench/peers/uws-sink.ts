/**
 * uWS sink: uWebSockets.js and nothing else: it receives, and copies, as it must.
 *
 * A text message is JSON with audio as base64, which is decoded.
 */

import type { TemplatedApp, us_listen_socket } from 'uWebSockets.js';
import { createRequire } from 'node:module';
import { collectWhenAsked } from '../garbage.ts';

const uws: {
  App(): TemplatedApp;
  us_socket_local_port(socket: us_listen_socket): number;
} = createRequire(import.meta.url)('uWebSockets.js');

let [bytes, frames] = [0, 0];
let last: Uint8Array | undefined;
uws
  .App()
  .ws('/*', {
    maxPayloadLength: 393_216,
    idleTimeout: 960,
    message: (_, message, isBinary) => {
      frames += 1;
      if (isBinary) last = new Uint8Array(message.slice(0));
      else {
        const { content } = JSON.parse(Buffer.from(message).toString()) as { content: string };
        last = Buffer.from(content, 'base64');
      }
      bytes += last.byteLength;
    },
  })
  .listen('127.0.0.1', 0, (socket) => {
    process.stdout.write(`listens on ${uws.us_socket_local_port(socket)}\n`);
  });
collectWhenAsked();
process.once('SIGINT', () => {
  process.stdout.write(`${JSON.stringify({ bytes, frames })}\n`);
  process.exit(0);
});
