/**
 * Listener's pipe: a socket of uWebSockets.js, as an outbox needs it.
 */
import type { WebSocket } from 'uWebSockets.js';
import type { Pipe, Sent } from './outbox.ts';

type Socket = Pick<WebSocket<unknown>, 'send' | 'getBufferedAmount' | 'end'>;

/** By the socket layer's numbers. */
const SENT: readonly Sent[] = ['buffered', 'sent', 'dropped'];

/** A closed socket throws at every touch: the connection is told of its end before that can happen. */
export class SocketPipe implements Pipe {
  readonly #ws: Socket;

  constructor(ws: Socket) {
    this.#ws = ws;
  }

  send(text: string): Sent {
    return SENT[this.#ws.send(text, false, false)] ?? 'dropped';
  }

  bufferedBytes(): number {
    return this.#ws.getBufferedAmount();
  }

  end(code: number, reason: string): void {
    this.#ws.end(code, reason);
  }
}
