/**
 * Network: sockets between clients and servers in virtual time, that can be cut, frozen and slowed.
 *
 * The client's end is what src/client opens, the server's end is what the listener gives the door, so
 * that both are the real ones. Nothing overtakes anything in one direction.
 */
import type { OpenSocket, Socket, SocketEvents } from '../../src/client/socket.ts';
import type { Clock } from '../../src/clock.ts';
import type { Connection, Door, Enter } from '../../src/edge/listener.ts';
import type { Pipe } from '../../src/edge/outbox.ts';
import { SUBPROTOCOL } from '../../src/wire/limits.ts';
import { Outflow } from '../emulator/outflow.ts';
import { lend } from '../fakes/lend.ts';

/** One way. */
const LATENCY_MS = 20;
/** A server's socket layer notices after so long that nobody is there any more. */
const NOTICE_MS = 40_000;
/** Messages on the way, each way. */
const MESSAGES_MAX = 100_000;
const ABNORMAL = 1006;

export class Network {
  readonly #clock: Clock;
  readonly #links = new Set<Link>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sockets that are open, the oldest first. */
  get links(): Link[] {
    return [...this.#links];
  }

  /** Opens sockets to whatever `doorOf` answers at that moment; undefined: nobody listens. */
  opener(doorOf: () => Door | undefined): OpenSocket {
    return (_url, token, events) => {
      const link = new Link(this.#clock, events, () => this.#links.delete(link));
      this.#links.add(link);
      link.knock(doorOf, token);
      return link;
    };
  }
}

type State = 'connecting' | 'open' | 'frozen' | 'closed';

export class Link implements Socket {
  readonly #clock: Clock;
  readonly #events: SocketEvents;
  readonly #onOver: () => void;
  readonly #up: Outflow;
  readonly #down: Outflow;
  #state: State = 'connecting';
  /** The door that answered. */
  door: Door | undefined;
  #connection: Connection | undefined;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  /** Bytes that the client has not read. */
  #buffered = 0;

  constructor(clock: Clock, events: SocketEvents, onOver: () => void) {
    this.#clock = clock;
    this.#events = events;
    this.#onOver = onOver;
    this.#up = new Outflow(clock, MESSAGES_MAX);
    this.#down = new Outflow(clock, MESSAGES_MAX);
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  knock(doorOf: () => Door | undefined, token: string | undefined): void {
    this.#up.add(LATENCY_MS, () => {
      if (this.#state !== 'connecting') return;
      const door = doorOf();
      const authorization = token === undefined ? '' : `Bearer ${token}`;
      const whence = { address: '127.0.0.1', origin: '', host: '', isForwarded: false };
      const knock = { query: '', authorization, subprotocols: [SUBPROTOCOL], ...whence };
      const answer = door?.answer(knock) ?? { status: 0, message: 'nobody listens' };
      if (answer instanceof Promise) throw new TypeError('nobody has a token here');
      if (typeof answer === 'function') this.#enter(door, answer);
      else this.#refuse(answer.message, answer.retryAfterMs);
    });
  }

  /** The client's: a frame or a text to the server. */
  send(data: string | Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#up.add(LATENCY_MS, () => {
      if (typeof data === 'string') this.#connection?.onText(data);
      else lend(data, (lent) => this.#connection?.onBinary(lent));
    });
  }

  /** The client's: it gives the connection up. */
  close(): void {
    if (this.#state === 'closed') return;
    const isHeard = this.#state === 'open';
    this.#down.clear();
    this.#over(ABNORMAL, '', 0);
    if (isHeard) this.#up.add(LATENCY_MS, () => this.#connection?.onLost());
    else this.#clock.after(NOTICE_MS, () => this.#connection?.onLost());
  }

  /** The network's: both ends notice soon, and what was on the way is lost. */
  cut(): void {
    if (this.#state === 'closed') return;
    this.#up.clear();
    this.#down.clear();
    this.#clock.after(LATENCY_MS, () => this.#connection?.onLost());
    this.#over(ABNORMAL, '', LATENCY_MS);
  }

  /** The network's: nothing passes any more, and nobody is told. */
  freeze(): void {
    if (this.#state !== 'open') return;
    this.#state = 'frozen';
    this.#up.clear();
    this.#down.clear();
    this.#clock.after(NOTICE_MS, () => this.#connection?.onLost());
  }

  /** The client reads no faster from now on. */
  slow(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  #enter(door: Door | undefined, enter: Enter): void {
    this.#state = 'open';
    this.door = door;
    this.#connection = enter(this.#pipe());
    this.#down.add(LATENCY_MS, () => this.#events.onOpen());
  }

  #refuse(message: string, retryAfterMs: number | undefined): void {
    this.#state = 'closed';
    this.#onOver();
    const failure = {
      message,
      retryable: true,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
    this.#down.add(LATENCY_MS, () => this.#events.onClose(ABNORMAL, '', failure));
  }

  #pipe(): Pipe {
    return {
      send: (text) => this.#deliver(text),
      bufferedBytes: () => this.#buffered,
      end: (code, reason) => {
        if (this.#state === 'open') this.#over(code, reason, LATENCY_MS);
        this.#clock.after(0, () => this.#connection?.onLost());
      },
    };
  }

  #deliver(text: string): 'sent' | 'buffered' | 'dropped' {
    if (this.#state !== 'open') return this.#state === 'frozen' ? 'buffered' : 'dropped';
    const isSlow = Number.isFinite(this.#bytesPerSecond);
    if (isSlow) {
      this.#buffered += text.length;
      this.#down.delay((text.length * 1000) / this.#bytesPerSecond);
    }
    this.#down.add(LATENCY_MS, () => {
      if (isSlow) this.#buffered -= text.length;
      this.#events.onText(text);
      if (isSlow && this.#buffered === 0) this.#connection?.onDrain();
    });
    return isSlow ? 'buffered' : 'sent';
  }

  /** The client is told after all that is on the way. */
  #over(code: number, reason: string, delayMs: number): void {
    this.#state = 'closed';
    this.#onOver();
    this.#down.add(delayMs, () => this.#events.onClose(code, reason));
  }
}
