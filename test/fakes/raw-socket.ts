/**
 * RawSocket: bytes to a server and back, and the frames of RFC 6455 as they should be or not.
 */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect } from 'node:net';

export interface FrameOptions {
  readonly fin?: boolean;
  /** The three reserved bits: 4 is RSV1. */
  readonly rsv?: number;
  readonly masked?: boolean;
  /** How many bytes say the length: 0, 2 or 8; as few as it takes unless given. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** What the length says; that of the payload unless given. */
  readonly length?: number;
}

export const OP = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a client sends it. */
export function frameOf(
  op: number,
  payload: Uint8Array | string,
  options: FrameOptions = {},
): Buffer {
  const { fin = true, rsv = 0, masked = true } = options;
  const body = Buffer.from(typeof payload === 'string' ? Buffer.from(payload) : payload);
  const length = options.length ?? body.byteLength;
  const few = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const { lengthBytes = few } = options;
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | op;
  head[1] = (masked ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, body]);
  const mask = randomBytes(4);
  for (const [n, byte] of body.entries()) body[n] = byte ^ (mask[n % 4] ?? 0);
  return Buffer.concat([head, mask, body]);
}

/** A request for a WebSocket, as a client sends it. */
export function requestOf(
  headers: Readonly<Record<string, string>> = {},
  path = '/v1/stream',
): string {
  const all = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'earshot.v1',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

export interface Heard {
  readonly op: number;
  readonly fin: boolean;
  readonly payload: Buffer;
}

export class RawSocket {
  readonly #socket: Socket;
  /** What has come and is no frame yet; of an answer by HTTP all. */
  #bytes: Buffer = Buffer.alloc(0);
  #state: 'http' | 'frames' = 'http';
  readonly heard: Heard[] = [];
  /** What was agreed upon beyond the subprotocol. */
  extensions = '';
  #status = '';
  /** The code of a close frame, or undefined when the connection was cut. */
  readonly ended: Promise<number | undefined>;
  #wake: () => void = () => undefined;

  constructor(port: number, localAddress?: string) {
    this.#socket = connect({
      ...{ port, host: '127.0.0.1' },
      ...(localAddress !== undefined && { localAddress }),
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (bytes) => this.#take(bytes));
    this.ended = new Promise((resolve) => {
      this.#socket.on('close', () => {
        const close = this.heard.find(({ op }) => op === OP.close);
        resolve(close?.payload.byteLength ? close.payload.readUInt16BE() : undefined);
        this.#wake();
      });
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** The first line of the answer. */
  get status(): string {
    return this.#status;
  }

  /** What has come by HTTP. */
  get text(): string {
    return this.#bytes.toString('latin1');
  }

  /** Connects by a right request, and waits until it is a WebSocket. */
  static async open(
    port: number,
    headers: Readonly<Record<string, string>> = {},
    localAddress?: string,
  ): Promise<RawSocket> {
    const socket = new RawSocket(port, localAddress);
    socket.write(requestOf(headers));
    await socket.until(() => socket.#state === 'frames');
    return socket;
  }

  /** Whether all was taken at once. */
  write(bytes: Uint8Array | string): boolean {
    return this.isOpen && this.#socket.write(bytes);
  }

  frame(op: number, payload: Uint8Array | string = '', options: FrameOptions = {}): boolean {
    return this.write(frameOf(op, payload, options));
  }

  say(message: object): boolean {
    return this.frame(OP.text, JSON.stringify(message));
  }

  /** No more follows from here. */
  half(): void {
    this.#socket.end();
  }

  /** Takes nothing more from the system. */
  pause(): void {
    this.#socket.pause();
  }

  cut(): void {
    this.#socket.destroy();
  }

  /** Waits until `holds`, or the connection is gone: false then. */
  async until(holds: () => boolean): Promise<boolean> {
    while (!holds()) {
      if (!this.isOpen) return holds();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return true;
  }

  /** Waits for a message of a type; undefined when the connection ends first. */
  async next(type: string): Promise<Record<string, unknown> | undefined> {
    const find = (): Record<string, unknown> | undefined =>
      this.messages.find((message) => message['type'] === type);
    await this.until(() => find() !== undefined);
    return find();
  }

  get messages(): Record<string, unknown>[] {
    return this.heard
      .filter(({ op }) => op === OP.text)
      .map(({ payload }) => JSON.parse(payload.toString()));
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (this.#state === 'http') this.#takeHttp();
    if (this.#state === 'frames') while (this.#takeFrame());
    this.#wake();
  }

  #takeHttp(): void {
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (this.#status === '') this.#status = /^[^\r\n]*/.exec(this.text)?.[0] ?? '';
    if (end < 0 || !this.#status.includes(' 101 ')) return;
    this.extensions =
      /^sec-websocket-extensions: *(.*)$/im.exec(this.text.slice(0, end))?.[1] ?? '';
    this.#state = 'frames';
    this.#bytes = this.#bytes.subarray(end + 4);
  }

  #takeFrame(): boolean {
    const bytes = this.#bytes;
    if (bytes.byteLength < 2) return false;
    const short = bytes.readUInt8(1) & 127;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (bytes.byteLength < 2 + lengthBytes) return false;
    const length =
      short === 126
        ? bytes.readUInt16BE(2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(2))
          : short;
    const end = 2 + lengthBytes + length;
    if (bytes.byteLength < end) return false;
    const head = bytes.readUInt8(0);
    const payload = bytes.subarray(2 + lengthBytes, end);
    this.heard.push({ op: head & 15, fin: head >= 128, payload });
    this.#bytes = bytes.subarray(end);
    return true;
  }
}
