/**
 * In-process front: the emulator for virtual time, without sockets or bytes.
 *
 * A Channel stands for one gRPC channel of a client library: it has one HTTP/2 connection at a time
 * and makes another when that is cut or goes away. Messages take `wireMs` each way. Nothing is
 * called back inside a call: all comes by the Clock, in the order it was sent.
 */
import type { Clock } from '../../src/clock.ts';
import type { Call, CallEvents, CallParts } from './call.ts';
import { RunningCall } from './call.ts';
import type { Emulator } from './emulator.ts';
import type { LinkFault } from './faults.ts';
import type { Version } from './limits.ts';
import { LOST, resetStatus } from './link.ts';

export interface InProcessOptions {
  /** Time on the way, each way; 5 unless given. */
  readonly wireMs?: number;
  /** Messages of one call on the way to the server; one more ends the call with code 8. */
  readonly messagesMax?: number;
}

/** One HTTP/2 connection. */
interface Connection {
  readonly nth: number;
  readonly calls: Set<RunningCall>;
}

type ChannelParts = Omit<CallParts, 'onConnect' | 'onLink' | 'onEnd'>;

export class InProcess {
  readonly #parts: ChannelParts;
  #connections = 0;

  constructor(emulator: Emulator, clock: Clock, options: InProcessOptions = {}) {
    const { wireMs = 5, messagesMax = 10_000 } = options;
    this.#parts = { emulator, clock, wireMs, messagesMax };
  }

  channel(): Channel {
    return new Channel(this.#parts, () => {
      this.#connections += 1;
      return { nth: this.#connections, calls: new Set() };
    });
  }
}

export class Channel {
  readonly #parts: ChannelParts;
  readonly #connect: () => Connection;
  readonly #waiting = new Set<RunningCall>();
  /** Takes new calls; calls on former ones go on there. */
  #connection: Connection;

  constructor(parts: ChannelParts, connect: () => Connection) {
    this.#parts = parts;
    this.#connect = connect;
    this.#connection = connect();
  }

  /** Calls that hold a place on the present connection, and those that wait for one. */
  get size(): { readonly running: number; readonly waiting: number } {
    return { running: this.#connection.calls.size, waiting: this.#waiting.size };
  }

  /**
   * Opens a call with its first message, as a client would write it. Beyond the connection's limit
   * it waits, in silence, until another call of this channel has ended.
   */
  open(version: Version, request: object, events: CallEvents): Call {
    let own: Connection | undefined;
    const call: RunningCall = new RunningCall(version, events, {
      ...this.#parts,
      onLink: (fault) => this.#fault(fault, call, own ?? this.#connection),
      onEnd: () => {
        this.#waiting.delete(call);
        own?.calls.delete(call);
        this.#admit();
      },
      onConnect: () => {
        own = this.#connection;
        own.calls.add(call);
        return own.nth;
      },
    });
    call.message(request);
    this.#waiting.add(call);
    this.#admit();
    return call;
  }

  /** Cuts the connection, as when either process dies or the network goes. */
  cut(): void {
    this.#cut(this.#connection);
  }

  #admit(): void {
    const callsMax = this.#parts.emulator.limits.streamsPerConnectionMax;
    for (const call of this.#waiting) {
      if (this.#connection.calls.size >= callsMax) return;
      this.#waiting.delete(call);
      call.connect();
    }
  }

  #fault(fault: LinkFault, call: RunningCall, own: Connection): void {
    switch (fault.kind) {
      case 'rst-stream':
        call.drop(fault.kind, resetStatus(fault.errorCode));
        break;
      case 'slow-read':
        call.slow(fault.bytesPerSecond);
        break;
      case 'goaway':
        this.#leave(own);
        break;
      case 'cut':
        this.#cut(own);
        break;
    }
  }

  /** New calls go to another connection. */
  #leave(connection: Connection): void {
    if (connection !== this.#connection) return;
    this.#connection = this.#connect();
    this.#admit();
  }

  #cut(connection: Connection): void {
    this.#leave(connection);
    for (const call of connection.calls) call.drop('cut', LOST.cut);
  }
}
