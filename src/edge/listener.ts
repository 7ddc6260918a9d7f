/**
 * Listener: the socket that devices connect to; the only file that knows uWebSockets.js.
 *
 * Its numbers become words here, a text is copied out of its message, audio by the tape that keeps it
 * before the callback returns, and a request is read before anything else happens: all are gone afterwards.
 */

import type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
  us_socket_context_t,
  WebSocket,
} from 'uWebSockets.js';
import { createRequire } from 'node:module';
import { builtUrl } from '../built.ts';
import { EarshotError } from '../errors.ts';
import { FRAME_BYTES_MAX, SEAL_BYTES, SUBPROTOCOL, TEXT_BYTES_MAX } from '../wire/limits.ts';
import type { Credentials, Refused } from './auth.ts';
import {
  isForwarded,
  later,
  notFound,
  oversized,
  queryOf,
  refuse,
  show,
  WANTS_UPGRADE,
  whenceOf,
} from './listener-http.ts';
import { MISSING, nativeState } from './listener-native.ts';
import { SocketPipe } from './listener-pipe.ts';
import type { Pipe } from './outbox.ts';
import type { Site } from './site.ts';
import type { socketOptions } from './socket-options.ts';
import type { TlsFiles } from './tls.ts';
import { requireTls } from './tls.ts';

/** The package's types know no host together with options, and not all of its constants. */
type App = Omit<TemplatedApp, 'listen'> & {
  listen(
    host: string,
    port: number,
    options: number,
    bound: (socket: us_listen_socket | false) => void,
  ): void;
};

interface Native {
  readonly DISABLED: unknown;
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  App(): App;
  SSLApp(options: { cert_file_name: string; key_file_name: string }): App;
  us_socket_local_port(socket: us_listen_socket): number;
  us_listen_socket_close(socket: us_listen_socket): void;
}

const isNative = (loaded: Native): boolean => typeof loaded.DISABLED === 'number';
const own: Native = createRequire(import.meta.url)('uWebSockets.js');
const uws = native();

/** Ours, or where it has no binary for this Node, the official package beside Earshot, if there is one. */
function native(): Native {
  if (isNative(own)) return own;
  try {
    return createRequire(builtUrl('../../'))('uWebSockets.js') as Native;
  } catch {
    return own;
  }
}

/** One connection, as the socket layer tells of it. */
export interface Connection {
  onText(text: string): void;
  /** `bytes` are the socket layer's: they are gone once it returns. */
  onBinary(bytes: Uint8Array): void;
  /** A message too large to be looked at. */
  onTooLarge(bytes: number, bytesMax: number): void;
  /** Or a pong. The socket layer has answered it. */
  onPing(bytes: number): void;
  onDrain(): void;
  onLost(): void;
}

/** What of a request decides whether it may become a connection. */
export interface Knock extends Credentials {
  /** Whence, as text: see address.ts. */
  readonly address: string;
  /** Empty where there is none: no web page asks. */
  readonly origin: string;
  /** What the client calls this server. */
  readonly host: string;
  /** Whether a proxy says that it passes this on. */
  readonly isForwarded: boolean;
}

/** A device that may come in: called once its socket is open. */
export type Enter = (pipe: Pipe) => Connection;

export interface Door {
  readonly path: string;
  /** At once where nothing has to be waited for. */
  answer(knock: Knock): Answer | Promise<Answer>;
}

export type Answer = Enter | Refused;

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Whether other processes of ours listen on the same port, and the system spreads connections over all. */
  readonly shared: boolean;
  readonly tls: TlsFiles | undefined;
  /** Whether a proxy says where connections come from, by the PROXY protocol. */
  readonly isProxied: boolean;
  /** What is answered to whoever opens the address in a browser; empty is nothing. */
  readonly site: Site;
  readonly socket: ReturnType<typeof socketOptions>;
}

export interface Listener {
  /** The port that is taken. */
  readonly port: number;
  /** From now on with the certificate that is in the files; throws when that can't be used. */
  renew(): void;
  /** Takes no more connections; those that are open stay. */
  close(): void;
}

/** The socket layer keeps it for us: what let the device in, until it is open. It knows the whole request. */
interface Attached {
  enter: Enter | undefined;
}

/** One object for as long as the socket lives. What is asked for with each frame hangs on it: the rest is a call. */
interface Socket extends WebSocket<Attached> {
  connection?: Connection | undefined;
}

const ALTERED =
  'the binary of uWebSockets.js is not the one that was published, expected its SHA-256: run npm ci';

/**
 * The package falls back to slow plain JavaScript without a word when its binary doesn't load. Says
 * what is missing, or undefined when all is well.
 */
export function nativeProblem(): string | undefined {
  // The official package, beside Earshot, is whatever a user has put there.
  if (uws !== own) return undefined;
  if (isNative(uws)) return nativeState() === 'altered' ? ALTERED : undefined;
  return MISSING;
}

/** Starts to listen, or throws `listen_failed`. The port is ours alone, unless it is to be shared. */
export function listen(door: Door, options: ListenOptions): Listener {
  const problem = nativeProblem();
  if (problem !== undefined) throw new EarshotError('native_missing', 'edge', problem);
  let socket = begin(newApp(door, options), options);
  const port = uws.us_socket_local_port(socket);
  let state: 'open' | 'closed' = 'open';
  return {
    port,
    // The certificate of an app can't be replaced, not for clients that name no host. So another app
    // takes the port; the one before keeps its connections until they end.
    renew: () => {
      if (options.tls === undefined || state === 'closed') return;
      const before = socket;
      socket = bind(newApp(door, options), { ...options, port, shared: true });
      uws.us_listen_socket_close(before);
    },
    close: () => {
      state = 'closed';
      uws.us_listen_socket_close(socket);
    },
  };
}

/** With all its routes; throws `listen_failed` for a certificate that can't be used. */
function newApp(door: Door, options: ListenOptions): App {
  const { tls } = options;
  if (tls !== undefined) requireTls(tls);
  const app =
    tls === undefined
      ? uws.App()
      : uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile });
  app.ws<Attached>(door.path, { ...options.socket, ...behaviour(door, options.isProxied) });
  app.get(door.path, (res) => refuse(res, WANTS_UPGRADE));
  for (const [path, file] of options.site) app.get(path, (res, req) => show(res, req, file));
  app.any('/*', (res, req) => refuse(res, notFound(req, door.path)));
  return app;
}

function behaviour(door: Door, isProxied: boolean) {
  return {
    upgrade: (res: HttpResponse, req: HttpRequest, context: us_socket_context_t) =>
      upgrade(door, res, req, { context, address: whenceOf(res, isProxied) }),
    open: (ws: Socket) => {
      const attached = ws.getUserData();
      ws.connection = attached.enter?.(new SocketPipe(ws));
      attached.enter = undefined;
    },
    message: (ws: Socket, message: ArrayBuffer, isBinary: boolean) =>
      receive(ws, message, isBinary),
    ping: (ws: Socket, message: ArrayBuffer) => ws.connection?.onPing(message.byteLength),
    // Unasked ones are no keepalive, and cost as much.
    pong: (ws: Socket, message: ArrayBuffer) => ws.connection?.onPing(message.byteLength),
    drain: (ws: Socket) => ws.connection?.onDrain(),
    close: (ws: Socket) => ws.connection?.onLost(),
  };
}

function upgrade(
  door: Door,
  res: HttpResponse,
  req: HttpRequest,
  { context, address }: { readonly context: us_socket_context_t; readonly address: string },
): void {
  const large = oversized(req);
  if (large !== undefined) {
    refuse(res, large);
    return;
  }
  const subprotocols = req
    .getHeader('sec-websocket-protocol')
    .split(',')
    .map((protocol) => protocol.trim());
  if (!subprotocols.includes(SUBPROTOCOL)) {
    const message = `no subprotocol of ours is offered, expected Sec-WebSocket-Protocol: ${SUBPROTOCOL}`;
    refuse(res, { status: 426, message });
    return;
  }
  const knock = {
    query: queryOf(req),
    authorization: req.getHeader('authorization'),
    subprotocols,
    address,
    origin: req.getHeader('origin'),
    host: req.getHeader('host'),
    isForwarded: isForwarded(req),
  };
  const key = req.getHeader('sec-websocket-key');
  const enter = (answer: Answer): void => {
    if (typeof answer !== 'function') refuse(res, answer);
    else {
      const attached: Attached = { enter: answer };
      // No extension is taken up: compression least of all.
      res.upgrade(attached, key, SUBPROTOCOL, '', context);
    }
  };
  const answer = door.answer(knock);
  if (answer instanceof Promise) later(res, answer, enter);
  else enter(answer);
}

function receive({ connection }: Socket, message: ArrayBuffer, isBinary: boolean): void {
  const bytesMax = isBinary ? FRAME_BYTES_MAX : TEXT_BYTES_MAX;
  const spare = isBinary ? SEAL_BYTES : 0;
  if (message.byteLength > bytesMax + spare) connection?.onTooLarge(message.byteLength, bytesMax);
  else if (isBinary) connection?.onBinary(new Uint8Array(message));
  else connection?.onText(Buffer.from(message).toString());
}

/** The port is ours alone; or with a certificate, ours and that of the app that will bring the next one. */
function begin(app: App, options: ListenOptions): us_listen_socket {
  const socket = bind(app, options);
  if (options.shared || options.tls === undefined) return socket;
  const port = uws.us_socket_local_port(socket);
  uws.us_listen_socket_close(socket);
  return bind(app, { ...options, port, shared: true });
}

/** The socket layer answers before it returns. */
function bind(app: App, { host, port, shared }: ListenOptions): us_listen_socket {
  let bound: us_listen_socket | false = false;
  // Without this flag a second server on the same port succeeds, and they share the connections.
  app.listen(host, port, shared ? 0 : uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
    bound = socket;
  });
  if (bound !== false) return bound;
  const message = `cannot listen on ${host}:${port}: it is taken, or not an address of this machine; set EARSHOT_PORT or EARSHOT_HOST to another, or stop what listens there`;
  throw new EarshotError('listen_failed', 'edge', message);
}
