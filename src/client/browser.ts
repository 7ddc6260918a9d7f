/**
 * Client for browsers: over the global WebSocket.
 *
 * It can set no header, so the token goes into the list of subprotocols; and it never learns why a
 * connection didn't come. It runs wherever there is a WebSocket, Node 22 included.
 */
import { systemRandom } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { SUBPROTOCOL } from '../wire/limits.ts';
import { Stream } from './client.ts';
import type { ConnectOptions } from './options.ts';
import { addressOf } from './options.ts';
import type { Failure, OpenSocket, Socket, SocketEvents } from './socket.ts';

export type { Stream } from './client.ts';
export type { ConnectOptions, StreamState } from './options.ts';
export type { ProblemCode, StreamError } from './problem.ts';

/** What of a browser's WebSocket is used here. */
export interface WebSocketLike {
  send(data: string | Uint8Array): void;
  close(): void;
  addEventListener(type: 'open', listen: () => void): void;
  addEventListener(type: 'message', listen: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: 'close',
    listen: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
}

export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

/** What of a page's global object is used here. */
export interface PageLike {
  addEventListener(type: 'online', listen: () => void): void;
  removeEventListener(type: 'online', listen: () => void): void;
}

/** What a place of its own to run may bring along. */
export interface BrowserPorts {
  readonly clock?: Clock;
  /** From 0 on and below 1. */
  readonly random?: () => number;
  /** Where the event `online` comes; that of the page unless given. */
  readonly page?: PageLike | undefined;
  readonly WebSocket?: WebSocketClass;
}

/** Begins a stream; throws for a malformed URL or option. Everything else comes by the stream. */
export function connect(options: ConnectOptions, ports: BrowserPorts = {}): Stream {
  const { clock = systemClock, random = systemRandom, WebSocket = globalWebSocket() } = ports;
  const { page = globalPage() } = ports;
  const open: OpenSocket = (url, token, events) => {
    const protocols = token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, `bearer.${token}`];
    return new BrowserSocket(new WebSocket(url, protocols), url, events);
  };
  const hints = page && ((listen: () => void) => hintsOf(page, listen));
  return new Stream(options, { clock, random, open, hints });
}

/** A browser that finds its network again needs no wait. */
function hintsOf(page: PageLike, listen: () => void): () => void {
  page.addEventListener('online', listen);
  return () => page.removeEventListener('online', listen);
}

/** Not everywhere does the global object have events. */
function globalPage(): PageLike | undefined {
  const page = globalThis as Partial<PageLike>;
  return isPage(page) ? page : undefined;
}

function isPage(page: Partial<PageLike>): page is PageLike {
  return page.addEventListener !== undefined && page.removeEventListener !== undefined;
}

function globalWebSocket(): WebSocketClass {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketClass };
  if (WebSocket === undefined) {
    throw new Error('there is no global WebSocket here: on Node 20 use the client for Node');
  }
  return WebSocket;
}

class BrowserSocket implements Socket {
  readonly #socket: WebSocketLike;

  constructor(socket: WebSocketLike, url: string, events: SocketEvents) {
    this.#socket = socket;
    let failure: Failure | undefined = {
      message: `${addressOf(url)} gave no connection, and the browser does not say why: check that the server runs, the URL (a page from https needs wss), and that the server allows the page's origin`,
      retryable: true,
    };
    socket.addEventListener('open', () => {
      failure = undefined;
      events.onOpen();
    });
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') events.onText(data);
    });
    socket.addEventListener('close', ({ code, reason }) => events.onClose(code, reason, failure));
  }

  send(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  close(): void {
    this.#socket.close();
  }
}
