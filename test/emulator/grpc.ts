/**
 * gRPC front: the emulator as a server for any gRPC client, plaintext, v1 and v2 on one port.
 *
 * It speaks gRPC over node:http2 itself: @grpc/grpc-js's server has no way to reset one stream, to
 * send GOAWAY on one connection, or to cut one. Messages are coded by the protos that
 * @google-cloud/speech ships.
 */
import http2 from 'node:http2';
import net from 'node:net';
import type { Clock } from '../../src/clock.ts';
import type { Emulator } from './emulator.ts';
import type { LinkFault } from './faults.ts';
import { endWith, GrpcCall } from './grpc-call.ts';
import type { Method } from './protos.ts';
import { loadMethods } from './protos.ts';

export interface GrpcOptions {
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** 0, for any that is free, unless given. */
  readonly port?: number;
}

/** Google reads far ahead: a stream that is read slowly must not stop its whole connection. */
const STREAM_WINDOW_BYTES = 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 256 * 1024 * 1024;
/** Node's 10 MB would refuse streams while others wait to be read. */
const SESSION_MEGABYTES_MAX = 512;

interface Connection {
  readonly nth: number;
  readonly socket: net.Socket;
  readonly session: http2.ServerHttp2Session;
  readonly calls: Set<GrpcCall>;
}

export class GrpcFront {
  readonly #emulator: Emulator;
  readonly #clock: Clock;
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #server = net.createServer();
  readonly #connections = new Set<Connection>();
  #nth = 0;

  private constructor(emulator: Emulator, clock: Clock) {
    this.#emulator = emulator;
    this.#clock = clock;
    this.#methods = loadMethods();
    const sessions = http2.createServer({
      maxSessionMemory: SESSION_MEGABYTES_MAX,
      settings: {
        maxConcurrentStreams: emulator.limits.streamsPerConnectionMax,
        initialWindowSize: STREAM_WINDOW_BYTES,
      },
    });
    this.#server.on('connection', (socket) => {
      sessions.once('session', (session) => this.#connect(socket, session));
      sessions.emit('connection', socket); // emits 'session' before it returns
    });
  }

  /** Resolves when it listens; rejects with Node's error when it can't. */
  static async listen(
    emulator: Emulator,
    clock: Clock,
    { host = '127.0.0.1', port = 0 }: GrpcOptions = {},
  ): Promise<GrpcFront> {
    const front = new GrpcFront(emulator, clock);
    await new Promise<void>((resolve, reject) => {
      front.#server.once('error', reject);
      front.#server.listen(port, host, resolve);
    });
    return front;
  }

  /** The port it listens on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Cuts all connections and listens no more. Nothing is left: no socket, stream or timer. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) cut(connection, 'closed');
    await closed;
  }

  #connect(socket: net.Socket, session: http2.ServerHttp2Session): void {
    this.#nth += 1;
    const connection: Connection = { nth: this.#nth, socket, session, calls: new Set() };
    this.#connections.add(connection);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.on('error', () => socket.destroy());
    session.on('stream', (stream, headers) => this.#call(connection, stream, headers));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      cut(connection, 'cut');
      this.#connections.delete(connection);
    });
  }

  #call(
    connection: Connection,
    stream: http2.ServerHttp2Stream,
    headers: http2.IncomingHttpHeaders,
  ): void {
    const path = headers[':path'] ?? '';
    const method = this.#methods.get(path);
    if (method === undefined) {
      stream.on('error', () => stream.destroy());
      stream.resume();
      endWith(stream, { code: 'UNIMPLEMENTED', text: `The emulator has no method ${path}` });
      return;
    }
    const call: GrpcCall = new GrpcCall(stream, {
      method,
      clock: this.#clock,
      onLink: (fault) => onLink(connection, fault),
      isCut: () => connection.socket.destroyed,
      onClose: () => connection.calls.delete(call),
    });
    connection.calls.add(call);
    call.start(this.#emulator.open(method.version, connection.nth, call));
  }
}

function onLink(connection: Connection, fault: LinkFault): void {
  if (fault.kind === 'cut') cut(connection, 'cut');
  // Sends GOAWAY, and ends the connection when its last stream has ended.
  else if (fault.kind === 'goaway') connection.session.close();
}

function cut(connection: Connection, how: string): void {
  for (const call of connection.calls) call.drop(how);
  connection.socket.destroy();
}
