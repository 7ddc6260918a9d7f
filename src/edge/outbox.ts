/**
 * Outbox: one socket's messages on their way out, in one order.
 *
 * Finals, gaps and the like wait in order and are bounded in bytes. An interim, an ack or a place in
 * the queue is worth sending only while it is the newest: it replaces the one that waits, and goes
 * to the end, so that it never overtakes a final it knows of. A final makes a waiting interim void.
 *
 *   flowing ──buffered──▶ pressed ──drained──▶ flowing        any ──close()──▶ closed
 */
import type { Sink } from '../session/surroundings.ts';
import type { ServerMessage } from '../wire/message.ts';

export type Sent = 'sent' | 'buffered' | 'dropped';

/** A socket, as an outbox needs it. */
export interface Pipe {
  send(text: string): Sent;
  /** Bytes that the socket has taken and the kernel has not. */
  bufferedBytes(): number;
  /** Says goodbye after all that was sent. */
  end(code: number, reason: string): void;
}

export interface OutboxEvents {
  /** `message` is with the socket. */
  onHanded(message: ServerMessage): void;
  /** Said on each change, and not twice. */
  onPressure(pressed: boolean): void;
}

interface Waiting {
  readonly message: ServerMessage;
  readonly text: string;
  /** In UTF-8, as it is sent. */
  readonly bytes: number;
}

type State = 'flowing' | 'pressed' | 'closed';

const NEWEST_ONLY: ReadonlySet<ServerMessage['type']> = new Set(['interim', 'ack', 'queued']);
/** What ends a session is taken however much waits: it is short, once, and says why. */
const LAST_WORDS: ReadonlySet<ServerMessage['type']> = new Set(['summary', 'error']);

export class Outbox implements Sink {
  readonly #pipe: Pipe;
  readonly #bytesMax: number;
  readonly #events: OutboxEvents;
  #state: State = 'flowing';
  #waiting: Waiting[] = [];
  #waitingBytes = 0;

  /** `bytesMax` bounds what waits here and in the socket together. */
  constructor(pipe: Pipe, bytesMax: number, events: OutboxEvents) {
    this.#pipe = pipe;
    this.#bytesMax = bytesMax;
    this.#events = events;
  }

  /** False: there is no room, or the socket is closed, and `message` was not taken. */
  send(message: ServerMessage): boolean {
    if (this.#state === 'closed') return false;
    const text = JSON.stringify(message);
    const next = { message, text, bytes: Buffer.byteLength(text) };
    if (this.#state === 'flowing') return this.#hand(next);
    this.#makeVoid(message);
    const total = this.#waitingBytes + next.bytes + this.#pipe.bufferedBytes();
    const fits = total <= this.#bytesMax || LAST_WORDS.has(message.type);
    if (!fits) return NEWEST_ONLY.has(message.type);
    this.#waiting.push(next);
    this.#waitingBytes += next.bytes;
    return true;
  }

  /** The socket takes more: call from its drain event. */
  drain(): void {
    if (this.#state !== 'pressed' || this.#pipe.bufferedBytes() > 0) return;
    this.#become('flowing');
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (!this.#hand(next)) this.#putBack(next);
    }
  }

  /** Gives the socket all that waits, within its bounds, and then says goodbye. */
  close(code: number, reason: string): void {
    if (this.#state === 'closed') return;
    for (const { text } of this.#waiting) {
      if (this.#pipe.send(text) === 'dropped') break;
    }
    this.lost();
    this.#pipe.end(code, reason);
  }

  /** The socket is gone: nothing can be sent any more. */
  lost(): void {
    if (this.#state === 'closed') return;
    this.#become('closed');
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** The oldest that waits, or undefined when the socket takes no more. */
  #next(): Waiting | undefined {
    if (this.#state !== 'flowing') return undefined;
    const next = this.#waiting.shift();
    this.#waitingBytes -= next?.bytes ?? 0;
    return next;
  }

  /** The socket takes no more after all: its next drain goes on here. */
  #putBack(next: Waiting): void {
    if (this.#state === 'closed') return;
    this.#waiting.unshift(next);
    this.#waitingBytes += next.bytes;
    this.#become('pressed');
  }

  #hand(next: Waiting): boolean {
    const sent = this.#pipe.send(next.text);
    if (sent === 'dropped') return false;
    if (sent === 'buffered') this.#become('pressed');
    this.#events.onHanded(next.message);
    return true;
  }

  /** Takes out what `message` replaces. */
  #makeVoid({ type }: ServerMessage): void {
    const gone = NEWEST_ONLY.has(type) ? type : type === 'final' ? 'interim' : undefined;
    const at = this.#waiting.findLastIndex(({ message }) => message.type === gone);
    if (gone === undefined || at < 0) return;
    const [out] = this.#waiting.splice(at, 1);
    this.#waitingBytes -= out?.bytes ?? 0;
  }

  #become(state: State): void {
    if (this.#state === 'pressed') this.#events.onPressure(false);
    if (state === 'pressed') this.#events.onPressure(true);
    this.#state = state;
  }
}
