/**
 * Connection: one HTTP/2 connection to Google, from its first byte until its last call has ended.
 *
 * It is of use once Google's settings are there, and takes no more calls from the moment it is told to
 * go (GOAWAY) or breaks. Calls that run then go on, or learn of the break by their own streams.
 */
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:http2';
import type { Socket } from 'node:net';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock, Timer } from '../../../clock.ts';
import { messageOf } from '../../../errors.ts';
import type { Place } from '../library.ts';
import { Keepalive } from './keepalive.ts';

/** Answers are read at once whatever their number: no call ever waits for another's to be read. */
const STREAM_WINDOW_BYTES = 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 16 * STREAM_WINDOW_BYTES;
/** Beyond it Node refuses streams. What may wait is bounded for each call, by whoever writes. */
const SESSION_MEGABYTES_MAX = 1024;
const CONNECT_MS_MAX = 20_000;
/** How long a peer that has said goodbye may take to close, once there is no call. */
const GOODBYE_MS_MAX = 5_000;

export interface ConnectionParts {
  readonly place: Place;
  readonly clock: Clock;
  /** Certificates (PEM) of those who may vouch for the peer; Node's own when undefined. */
  readonly ca: string | undefined;
  /** It takes no more calls. Comes once. */
  readonly onLeaving: () => void;
  /** Nothing is left of it. Comes once, after `onLeaving`. */
  readonly onGone: () => void;
}

export class Connection {
  /** Resolves when calls can be made. Rejects when that never comes. */
  readonly ready: Promise<void>;
  readonly #parts: ConnectionParts;
  readonly #session: ClientHttp2Session;
  /** Owned: a session that is destroyed waits for the peer to read what is left, or to close too. */
  readonly #socket: Socket;
  readonly #keepalive: Keepalive;
  #calls = 0;
  #state: 'connecting' | 'open' | 'leaving' | 'gone' = 'connecting';
  /** Until it is open, and from its last call on when it takes no more. */
  #late: Timer | undefined;

  constructor(parts: ConnectionParts) {
    const { place, clock } = parts;
    this.#parts = parts;
    const url = new URL(`${place.isPlain ? 'http' : 'https'}://${place.host}:${place.port}`);
    const socket = socketTo(parts);
    this.#socket = socket;
    // What it says, the session says.
    socket.on('error', () => undefined);
    this.#session = connect(url, {
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
      maxSessionMemory: SESSION_MEGABYTES_MAX,
      createConnection: () => socket,
    });
    this.#keepalive = new Keepalive({
      clock,
      isNeeded: () => this.#calls > 0,
      ping: (onAnswer) => this.#ping(onAnswer),
      onDead: () => this.#cut(),
    });
    this.ready = this.#connect();
  }

  /** Or will take calls, once it is ready. Its end is known here before it says so. */
  get takesCalls(): boolean {
    const isThere = this.#state === 'connecting' || this.#state === 'open';
    return isThere && !this.#session.destroyed && !this.#session.closed;
  }

  /**
   * To be asked before each call, once it is ready. False: the peer would let it wait, in silence; so this
   * takes no more calls, and goes with the last of those that it has.
   */
  admits(): boolean {
    if (this.#calls < (this.#session.remoteSettings.maxConcurrentStreams ?? Infinity)) return true;
    this.#leave();
    return false;
  }

  /** To be called while it is ready, takes calls and admits one. */
  request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    const stream = this.#session.request(headers);
    this.#calls += 1;
    if (this.#calls === 1) {
      this.#session.ref();
      this.#keepalive.begin();
    }
    stream.once('close', () => {
      this.#calls -= 1;
      if (this.#calls > 0) return;
      this.#session.unref();
      this.#keepalive.rest();
      this.#part();
    });
    return stream;
  }

  /** Cuts it soon, with all its calls: not within what nghttp2 calls back. */
  destroy(): void {
    this.#parts.clock.after(0, () => this.#cut());
  }

  #cut(error?: Error): void {
    this.#session.destroy(error);
    this.#socket.destroy();
  }

  #connect(): Promise<void> {
    const session = this.#session;
    let why = 'the connection was closed before it was open';
    session.once('goaway', () => this.#leave());
    session.on('error', (error) => {
      why = reasonOf(error);
      this.#leave();
    });
    this.#late = this.#parts.clock.after(CONNECT_MS_MAX, () => {
      this.#cut(new Error(`it took more than ${CONNECT_MS_MAX / 1000} s`));
    });
    return new Promise((resolve, reject) => {
      session.once('remoteSettings', () => {
        this.#open();
        resolve();
      });
      session.once('close', () => {
        this.#go();
        reject(new Error(why));
      });
    });
  }

  #open(): void {
    this.#late?.cancel();
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    if (this.#calls === 0) this.#session.unref();
  }

  #leave(): void {
    if (this.#state === 'leaving' || this.#state === 'gone') return;
    this.#state = 'leaving';
    this.#parts.onLeaving();
    this.#part();
  }

  /** The peer need not close, and then nobody would. */
  #part(): void {
    if (this.#state !== 'leaving' || this.#calls > 0) return;
    this.#late?.cancel();
    this.#late = this.#parts.clock.after(GOODBYE_MS_MAX, () => this.#cut());
  }

  #go(): void {
    this.#leave();
    this.#late?.cancel();
    this.#keepalive.end();
    this.#state = 'gone';
    this.#parts.onGone();
  }

  #ping(onAnswer: () => void): boolean {
    if (this.#session.destroyed) return false;
    return this.#session.ping((error) => {
      if (error === null) onAnswer();
    });
  }
}

function socketTo({ place: { host: name, port, isPlain }, ca }: ConnectionParts): Socket {
  const host = name.replace(/^\[(.*)\]$/, '$1');
  if (isPlain) return connectTcp({ host, port });
  return connectTls({
    host,
    port,
    ALPNProtocols: ['h2'],
    // Whatever the environment says.
    rejectUnauthorized: true,
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca }),
  });
}

/** A host of several addresses fails by an error for each, and none of its own. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error.message;
}
