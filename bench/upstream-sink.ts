/**
 * Upstream sink: a peer as cheap as can be, so that a bench of drivers isn't one of the emulator.
 *
 * It reads no message: it counts bytes, and answers an interim for every second of audio.
 */
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { frameOf } from '../src/speech/google/http2/frames.ts';
import { loadMethods } from '../test/emulator/protos.ts';

const WINDOW_BYTES = 1024 * 1024;
/** Of 16 kHz, LINEAR16. */
const SECOND_BYTES = 32_000;
const PATH = '/google.cloud.speech.v1.Speech/StreamingRecognize';

const encode = loadMethods().get(PATH)?.encode;
if (encode === undefined) throw new Error(`the protos have no ${PATH}`);
const INTERIM = frameOf(
  encode({
    results: [
      {
        alternatives: [{ transcript: 'and so the words of a live line go on' }],
        stability: 0.9,
        resultEndTime: { seconds: 12, nanos: 340_000_000 },
        languageCode: 'en-us',
      },
    ],
  }),
);

let total = 0;

function answer(stream: ServerHttp2Stream): void {
  let heard = 0;
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.on('data', (bytes: Buffer) => {
    total += bytes.length;
    const seconds = Math.floor(heard / SECOND_BYTES);
    heard += bytes.length;
    if (Math.floor(heard / SECOND_BYTES) > seconds) stream.write(INTERIM);
  });
  stream.on('end', () => stream.end());
  stream.on('error', () => stream.destroy());
}

const server = createServer({
  settings: { maxConcurrentStreams: 100, initialWindowSize: WINDOW_BYTES },
  maxSessionMemory: 512,
});
server.on('session', (session: ServerHttp2Session) => {
  session.setLocalWindowSize(100 * WINDOW_BYTES);
  session.on('error', () => session.destroy());
});
server.on('stream', answer);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listens on ${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGINT', () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${JSON.stringify({ bytes: total, cpuMs: (user + system) / 1000 })}\n`);
  process.exit(0);
});
