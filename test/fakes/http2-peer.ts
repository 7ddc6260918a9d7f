/**
 * Http2Peer: the other end of HTTP/2 connections, that answers as a test says, gRPC or not.
 */
import type {
  IncomingHttpHeaders,
  SecureServerOptions,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2';
import { createSecureServer, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

export type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

export interface PeerOptions {
  /** By TLS with this certificate. */
  readonly tls?: Pick<SecureServerOptions, 'key' | 'cert'>;
  readonly settings?: SecureServerOptions['settings'];
}

export class Http2Peer {
  readonly #server: ReturnType<typeof createServer>;
  /** All there have been, the oldest first. */
  readonly sessions: ServerHttp2Session[] = [];
  readonly requests: IncomingHttpHeaders[] = [];

  private constructor(answer: Answer, { tls, settings }: PeerOptions) {
    const options = settings === undefined ? {} : { settings };
    this.#server = tls ? createSecureServer({ ...options, ...tls }) : createServer(options);
    this.#server.on('session', (session: ServerHttp2Session) => {
      this.sessions.push(session);
      session.on('error', () => undefined);
    });
    this.#server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      this.requests.push(headers);
      stream.on('error', () => undefined);
      answer(stream, headers);
    });
  }

  /** Listens on a free port of loopback. */
  static async listen(answer: Answer, options: PeerOptions = {}): Promise<Http2Peer> {
    const peer = new Http2Peer(answer, options);
    await new Promise<void>((resolve) => peer.#server.listen(0, '127.0.0.1', resolve));
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
