/**
 * ModelLink: one WebSocket of the ModelServer, and the ways in which it ends.
 *
 * What is on its way when it is cut is lost. What its client gave up, the server still speaks to.
 */
import type { Socket, SocketEvents } from '../../src/client/socket.ts';
import type { Clock } from '../../src/clock.ts';
import type { ServerMessage } from '../../src/wire/message.ts';

const DELAY_MS = 15;

export interface Start {
  readonly resume?: { readonly token: string; readonly result: number };
}

export interface Message {
  readonly type: string;
  readonly ms?: number;
  readonly frames?: number;
}

export class Link implements Socket {
  state: 'up' | 'down' = 'up';
  onStart: (start: Start) => void = () => undefined;
  /** What the client sends after its `start`. */
  onFrame: (audio: Uint8Array) => void = () => undefined;
  onMessage: (message: Message) => void = () => undefined;
  readonly #clock: Clock;
  readonly #events: SocketEvents;

  constructor(clock: Clock, events: SocketEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  opens(): void {
    if (this.state === 'up') this.#events.onOpen();
  }

  /** Of the client. */
  send(data: string | Uint8Array): void {
    this.#later(() => {
      if (typeof data !== 'string') this.onFrame(data);
      else {
        const message = JSON.parse(data);
        if (message.type === 'start') this.onStart(message);
        else this.onMessage(message);
      }
    });
  }

  /** Of the client: the server hears of it later, and speaks on until then. */
  close(): void {
    this.#later(() => {
      this.state = 'down';
    });
  }

  say(message: ServerMessage): void {
    const text = JSON.stringify(message);
    this.#later(() => this.#events.onText(text));
  }

  refuse(code: string, close: number): void {
    const error = { type: 'error', code, message: code, retryable: true, retryAfterMs: 50 };
    this.#later(() => {
      this.#events.onText(JSON.stringify(error));
      this.end(close);
    });
  }

  end(close: number): void {
    this.#later(() => {
      this.state = 'down';
      this.#events.onClose(close, '');
    });
  }

  cut(): void {
    this.state = 'down';
    this.#clock.after(1, () => this.#events.onClose(1006, ''));
  }

  mute(): void {
    this.state = 'down';
  }

  #later(run: () => void): void {
    if (this.state === 'down') return;
    this.#clock.after(DELAY_MS, () => {
      if (this.state === 'up') run();
    });
  }
}
