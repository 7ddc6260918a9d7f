/**
 * Client for Node: over the package ws, since Node 20 has no WebSocket. The only file that knows it.
 *
 * The token goes into the Authorization header. What stands in the way of a connection becomes a
 * sentence that says what to check.
 */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { systemRandom } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { SUBPROTOCOL } from '../wire/limits.ts';
import { Stream } from './client.ts';
import { failed, refused } from './failure.ts';
import type { ConnectOptions } from './options.ts';
import type { Failure, OpenSocket, Socket, SocketEvents } from './socket.ts';

export type { Stream } from './client.ts';
export type { ConnectOptions, StreamState } from './options.ts';
export type { ProblemCode, StreamError } from './problem.ts';

/** A final with the times of its words stays far below. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

/** How long the server may take to answer a close before the connection is cut. */
const CLOSE_MS_MAX = 2_000;

const OPTIONS = {
  perMessageDeflate: false,
  followRedirects: false,
  maxPayload: MESSAGE_BYTES_MAX,
  closeTimeout: CLOSE_MS_MAX,
} as const;

/** What a place of its own to run may bring along. */
export interface NodePorts {
  readonly clock?: Clock;
  /** From 0 on and below 1. */
  readonly random?: () => number;
}

/** Begins a stream; throws for a malformed URL or option. Everything else comes by the stream. */
export function connect(options: ConnectOptions, ports: NodePorts = {}): Stream {
  const { clock = systemClock, random = systemRandom } = ports;
  return new Stream(options, { clock, random, open });
}

const open: OpenSocket = (url, token, events) => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new NodeSocket(new WebSocket(url, SUBPROTOCOL, { ...OPTIONS, headers }), url, events);
};

class NodeSocket implements Socket {
  readonly #socket: WebSocket;
  readonly #url: string;
  /** Why the connection doesn't come. The first reason is the cause; what follows, its echo. */
  #failure: Failure | undefined;

  constructor(socket: WebSocket, url: string, events: SocketEvents) {
    this.#socket = socket;
    this.#url = url;
    const onFailure = (error: Error): void => {
      this.#failure ??= failed(url, error);
    };
    socket.on('error', onFailure);
    socket.on('unexpected-response', (_request, response) => this.#onRefused(response));
    socket.on('open', () => {
      socket.off('error', onFailure);
      // A close follows, and its code says as much.
      socket.on('error', () => undefined);
      events.onOpen();
    });
    socket.on('message', (data, isBinary) => {
      if (!isBinary) events.onText(data.toString());
    });
    socket.on('close', (code, reason) => events.onClose(code, reason.toString(), this.#failure));
  }

  send(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  close(): void {
    this.#socket.close();
  }

  #onRefused(response: IncomingMessage): void {
    const { statusCode = 0, headers } = response;
    this.#failure = refused(this.#url, statusCode, headers['retry-after']);
    this.#socket.terminate();
  }
}
