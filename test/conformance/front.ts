/**
 * Front: where a client under test knocks, over real sockets.
 *
 * Each attempt waits until the case accepts or refuses it.
 */
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { SUBPROTOCOL } from '../../src/wire/limits.ts';

export interface PeerEvents {
  onText(text: string): void;
  onAudio(audio: Uint8Array): void;
  onClose(): void;
}

/** The server's end of one connection. */
export interface Peer {
  /** Does nothing when the connection is over. */
  say(text: string): void;
  close(code: number, reason: string): void;
  /** Ends it as a lost network does, without a close frame. */
  cut(): void;
}

/** A client that wants a connection. */
export interface Attempt {
  /** The bearer token that it brings. */
  readonly token: string | undefined;
  /** What is wrong with how it asks. */
  readonly wrong: readonly string[];
  accept(events: PeerEvents): Peer;
  refuse(status: number, retryAfter: string | undefined): void;
  drop(): void;
}

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

const PATH = '/v1/stream';

/** Listens on a free port of 127.0.0.1. */
export async function listen(onAttempt: (attempt: Attempt) => void): Promise<Front> {
  const http = createServer((_request, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  const open = new Set<Socket>();
  http.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  http.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => undefined);
    onAttempt(attemptOf(request, socket, head, sockets));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}${PATH}`,
    close() {
      // One that nobody accepted isn't read either, and would never be seen to end.
      for (const each of open) each.destroy();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
}

function attemptOf(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  sockets: WebSocketServer,
): Attempt {
  const { headers, url } = request;
  const asked = (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  const offered = asked.find((each) => each.startsWith('bearer.'))?.slice('bearer.'.length);
  const protocol = `it asks for the subprotocols '${asked}', expected ${SUBPROTOCOL} among them`;
  return {
    token: headers.authorization?.replace(/^Bearer /i, '') ?? offered,
    wrong: [
      ...(url === PATH ? [] : [`it asks for ${url}, expected ${PATH} and nothing else`]),
      ...(asked.includes(SUBPROTOCOL) ? [] : [protocol]),
    ],
    accept(events) {
      let peer: Peer | undefined;
      sockets.handleUpgrade(request, socket, head, (opened) => {
        opened.on('message', (data, isBinary) => {
          if (!(data instanceof Buffer)) return;
          if (isBinary) events.onAudio(data);
          else events.onText(data.toString());
        });
        opened.on('close', () => events.onClose());
        opened.on('error', () => undefined);
        peer = {
          say: (text) => opened.send(text, () => undefined),
          close: (code, reason) => opened.close(code, reason),
          cut: () => socket.resetAndDestroy(),
        };
      });
      // Called at once by ws; where the request is none of a WebSocket it answers 400 by itself.
      return peer ?? { say: () => undefined, close: () => undefined, cut: () => undefined };
    },
    refuse(status, retryAfter) {
      const wait = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`;
      socket.end(`HTTP/1.1 ${status} No\r\n${wait}Connection: close\r\nContent-Length: 0\r\n\r\n`);
    },
    drop: () => socket.resetAndDestroy(),
  };
}
