/**
 * Wire: the TCP connection below a client's socket, so that it can be cut as a network cuts it.
 *
 * A client begins its connection at once after it has said that it is connecting: the next one that
 * this process makes is its own.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';

export class Wire {
  #socket: Socket | undefined;

  /** From now on it is the connection that this process makes next. */
  follow(): void {
    const take = (message: unknown): void => {
      unsubscribe(CHANNEL, take);
      const { socket } = message as { socket: unknown };
      if (socket instanceof Socket) this.#socket = socket;
    };
    subscribe(CHANNEL, take);
  }

  /** The other end gets a reset. */
  cut(): void {
    this.#socket?.resetAndDestroy();
  }
}
