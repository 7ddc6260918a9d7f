/**
 * RawClient: a WebSocket that says exactly what a test tells it, and remembers what it hears.
 */
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../src/wire/message.ts';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** What ws itself is told. */
export interface ClientOptions {
  readonly headers?: Record<string, string>;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

type Type = ServerMessage['type'];
type Of<T extends Type> = Extract<ServerMessage, { type: T }>;

export class RawClient {
  readonly #socket: WebSocket;
  readonly heard: ServerMessage[] = [];
  readonly closed: Promise<Closed>;
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      if (isBinary) throw new TypeError('the server sent a binary message');
      this.heard.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#wake();
      });
    });
  }

  /** Connects with the right subprotocol, and `others`; rejects when the server refuses. */
  static connect(
    url: string,
    options: ClientOptions = {},
    others: string[] = [],
  ): Promise<RawClient> {
    const socket = new WebSocket(url, ['earshot.v1', ...others], options);
    return new Promise((resolve, reject) => {
      const client = new RawClient(socket);
      socket.once('open', () => resolve(client));
      socket.once('error', reject);
    });
  }

  /** Connects, starts a session of 16 kHz LINEAR16, and waits until it is ready. */
  static async start(
    url: string,
    fields: object = {},
    options: ClientOptions = {},
  ): Promise<RawClient> {
    const client = await RawClient.connect(url, options);
    client.say({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000, ...fields });
    await client.next('ready');
    return client;
  }

  say(message: object | string): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  send(audio: Uint8Array): void {
    this.#socket.send(audio);
  }

  ping(): void {
    this.#socket.ping();
  }

  /** The first message of a type, heard already or to come; undefined when the socket closed first. */
  async next<T extends Type>(type: T, nth = 1): Promise<Of<T> | undefined> {
    let closed = false;
    void this.closed.then(() => {
      closed = true;
    });
    while (true) {
      const found = this.all(type)[nth - 1];
      if (found !== undefined || closed) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  all<T extends Type>(type: T): Of<T>[] {
    return this.heard.filter((message): message is Of<T> => message.type === type);
  }

  get types(): Type[] {
    return this.heard.map(({ type }) => type);
  }

  /** Stops reading from the socket, so that the server's transcripts pile up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Cuts the connection as a lost network does, without a close frame. */
  cut(): void {
    this.#socket.terminate();
  }
}
