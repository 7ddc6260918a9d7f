/**
 * Raw socket: a WebSocket client with nothing that costs: for the load of a bench.
 *
 * It trusts its server: what comes back are short, whole, unmasked messages.
 */
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { pongFrame } from './frames.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly isTls: boolean;
}

export interface SocketEvents {
  onOpen(): void;
  /** A text message; `bytes` are the socket's own. */
  onText(bytes: Buffer): void;
  /** Once, however it ended; `why` names the close code, or what went wrong. */
  onClose(why: string): void;
}

const CLOSE = 8;
const PING = 9;
const TEXT = 1;
const KEY = Buffer.alloc(16, 7).toString('base64');

function requestFor({ host, port, path }: Address): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: earshot.v1',
    '\r\n',
  ].join('\r\n');
}

export class RawSocket {
  readonly #socket: Socket;
  readonly #events: SocketEvents;
  #state: 'upgrading' | 'open' | 'closed' = 'upgrading';
  #rest: Buffer | undefined;

  constructor(address: Address, events: SocketEvents) {
    const { host, port } = address;
    this.#events = events;
    const open = (): void => {
      this.#socket.write(requestFor(address));
    };
    this.#socket = address.isTls
      ? connectTls({ host, port, rejectUnauthorized: false }, open)
      : connect({ host, port, noDelay: true }, open);
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('cut'));
  }

  /** Bytes that wait here, since the server or the kernel takes no more. */
  get waiting(): number {
    return this.#socket.writableLength;
  }

  /** Takes `bytes` as they are until they have left. */
  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #end(why: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#socket.destroy();
    this.#events.onClose(why);
  }

  #read(bytes: Buffer): void {
    let rest = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = undefined;
    if (this.#state === 'upgrading') {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#rest = rest;
        return;
      }
      const status = rest.toString('latin1', 9, 12);
      if (status !== '101') {
        this.#end(`HTTP ${status}`);
        return;
      }
      this.#state = 'open';
      this.#events.onOpen();
      rest = rest.subarray(end + 4);
    }
    this.#messages(rest);
  }

  #messages(bytes: Buffer): void {
    let at = 0;
    while (at + 2 <= bytes.byteLength) {
      const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
      const isLong = second === 126;
      if (isLong && at + 4 > bytes.byteLength) break;
      const length = isLong ? bytes.readUInt16BE(at + 2) : second;
      const from = at + (isLong ? 4 : 2);
      if (from + length > bytes.byteLength) break;
      this.#message(first & 0x0f, bytes.subarray(from, from + length));
      at = from + length;
    }
    if (at < bytes.byteLength) this.#rest = Buffer.from(bytes.subarray(at));
  }

  #message(opcode: number, payload: Buffer): void {
    if (opcode === TEXT) this.#events.onText(payload);
    else if (opcode === PING) this.write(pongFrame(payload));
    else if (opcode === CLOSE) this.#end(`${payload.readUInt16BE(0)}`);
  }
}
