/**
 * FakeSocket: a socket whose other end is the test.
 *
 * `newNetwork()` gives the opener for a client and the sockets it has opened. `scripted()` puts a
 * Script at the other end instead, with a delay each way, in virtual time.
 */

import type { Failure, OpenSocket, Socket, SocketEvents } from '../../src/client/socket.ts';
import type { Clock } from '../../src/clock.ts';
import type { ServerMessage } from '../../src/wire/message.ts';
import type { Script } from './scripted-server.ts';

export class FakeSocket implements Socket {
  readonly url: string;
  readonly token: string | undefined;
  /** Frames as bytes, messages as objects. */
  readonly sent: (Uint8Array | Record<string, unknown>)[] = [];
  closed = 0;
  readonly #events: SocketEvents;

  constructor(url: string, token: string | undefined, events: SocketEvents) {
    this.url = url;
    this.token = token;
    this.#events = events;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(typeof data === 'string' ? JSON.parse(data) : data);
  }

  close(): void {
    this.closed += 1;
  }

  opens(): void {
    this.#events.onOpen();
  }

  says(...messages: (ServerMessage | object)[]): void {
    for (const message of messages) this.saysText(JSON.stringify(message));
  }

  saysText(text: string): void {
    this.#events.onText(text);
  }

  ends(code: number, reason = '', failure?: Failure): void {
    this.#events.onClose(code, reason, failure);
  }

  /** What was sent since the last call: a frame as its bytes' length, a message as its object. */
  drain(): unknown[] {
    const items = this.sent.splice(0);
    return items.map((item) => (item instanceof Uint8Array ? item.byteLength : item));
  }
}

export interface FakeNetwork {
  readonly open: OpenSocket;
  readonly sockets: readonly FakeSocket[];
  /** The socket opened last. */
  socket(): FakeSocket;
}

export function newNetwork(): FakeNetwork {
  const sockets: FakeSocket[] = [];
  return {
    sockets,
    open(url, token, events) {
      const socket = new FakeSocket(url, token, events);
      sockets.push(socket);
      return socket;
    },
    socket() {
      const socket = sockets.at(-1);
      if (socket === undefined) throw new Error('no socket has been opened');
      return socket;
    },
  };
}

const DELAY_MS = 5;

/** Opens sockets that reach `script` in memory. */
export function scripted(script: Script, clock: Clock): OpenSocket {
  return (_url, _token, events) => {
    const later = (run: () => void): void => {
      clock.after(DELAY_MS, run);
    };
    const end = script({
      say: (message) => later(() => events.onText(JSON.stringify(message))),
      close: (code, reason = '') => later(() => events.onClose(code, reason)),
    });
    later(() => events.onOpen());
    return {
      send(data) {
        if (typeof data === 'string') later(() => end.onMessage(JSON.parse(data)));
        else later(() => end.onFrame(data));
      },
      close: () => undefined,
    };
  };
}
