/**
 * ScriptedServer: a server that speaks earshot.v1 from a script, for what a client must cope with.
 *
 * A Script is one side of one connection and knows no socket. `transcriber()` is the ordinary one:
 * it takes what comes, says a final for each stretch of audio, and a summary that balances.
 */
import type { AddressInfo } from 'node:net';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { msOf, SUBPROTOCOL } from '../../src/wire/limits.ts';
import type { Ready, ServerMessage } from '../../src/wire/message.ts';
import { SUMMARY } from './summary.ts';

interface Peer {
  say(message: ServerMessage | object): void;
  close(code: number, reason?: string): void;
}

interface ScriptEnd {
  onMessage(message: Record<string, unknown>): void;
  onFrame(audio: Uint8Array): void;
}

export type Script = (peer: Peer) => ScriptEnd;

export const READY: Ready = {
  type: 'ready',
  session: 's-1',
  resumed: false,
  frame: 1,
  result: 1,
  windowMs: 5_000,
  maxFrameBytes: 65_536,
  maxFrameMs: 1_000,
  keepaliveMs: 1_000,
};

/** What a transcriber saw of its client. */
export class Seen {
  start: Record<string, unknown> | undefined;
  frames = 0;
  bytes = 0;
  gapMs = 0;
  readonly messages: Record<string, unknown>[] = [];
}

/** `finalMs`: audio to a final. */
export function transcriber(seen = new Seen(), finalMs = 1_000): Script {
  return (peer) => {
    let number = 0;
    let finals = 0;
    let settledMs = 0;
    let receivedMs = 0;
    let sampleBytes = 2;
    let rate = 16_000;
    const acknowledge = (): void => {
      peer.say({ type: 'ack', received: number, settled: 0, settledMs: 0, windowMs: 5_000 });
    };
    const settle = (endMs: number): void => {
      if (endMs === settledMs) return;
      finals += 1;
      const text = `utterance ${finals}`;
      const place = { settled: number, settledMs: endMs };
      peer.say({ type: 'interim', start: settledMs, end: endMs, text: 'utter' });
      peer.say({ type: 'final', result: finals, start: settledMs, end: endMs, text, ...place });
      settledMs = endMs;
    };
    return {
      onFrame(audio) {
        number += 1;
        seen.frames += 1;
        seen.bytes += audio.byteLength;
        receivedMs = msOf(seen.bytes / sampleBytes, rate);
        if (receivedMs + seen.gapMs - settledMs >= finalMs) settle(receivedMs + seen.gapMs);
        acknowledge();
      },
      onMessage(message) {
        seen.messages.push(message);
        const { type, encoding, sampleRateHertz, ms, frames } = message;
        if (type === 'start') {
          seen.start = message;
          sampleBytes = encoding === 'MULAW' ? 1 : 2;
          rate = Number(sampleRateHertz);
          peer.say(READY);
        }
        if (type === 'keepalive') acknowledge();
        if (type === 'gap') {
          number += Number(frames);
          seen.gapMs += Number(ms);
        }
        if (type !== 'finish') return;
        settle(receivedMs + seen.gapMs);
        const missingMs = seen.gapMs;
        peer.say({ ...SUMMARY, receivedMs, transcribedMs: receivedMs, missingMs, results: finals });
        peer.close(1000);
      },
    };
  };
}

/** Listens on a free port of 127.0.0.1 until close(). */
export class ScriptedServer {
  /** Authorization headers and subprotocols, as they came. */
  readonly asked: { readonly authorization: string | undefined; readonly protocol: string }[] = [];
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer, script: Script) {
    this.#server = server;
    server.on('connection', (socket, { headers }) => {
      const protocol = headers['sec-websocket-protocol'] ?? '';
      this.asked.push({ authorization: headers.authorization, protocol });
      serve(socket, script);
    });
  }

  static async listen(script: Script, subprotocol = SUBPROTOCOL): Promise<ScriptedServer> {
    const handleProtocols = (): string => subprotocol;
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols });
    await new Promise((resolve) => server.once('listening', resolve));
    return new ScriptedServer(server, script);
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `ws://127.0.0.1:${port}/v1/stream`;
  }

  close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function serve(socket: WebSocket, script: Script): void {
  const end = script({
    say: (message) => socket.send(JSON.stringify(message)),
    close: (code, reason) => socket.close(code, reason),
  });
  socket.on('message', (data, isBinary) => {
    if (!(data instanceof Buffer)) return;
    if (isBinary) end.onFrame(data);
    else end.onMessage(JSON.parse(data.toString()));
  });
}
