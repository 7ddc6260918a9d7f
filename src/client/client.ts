/**
 * Client: live speech to Earshot and its transcript back, for browsers and Node.
 *
 * It keeps audio until it is settled, honours the window, and says what it had to drop. Sockets and
 * time are arguments: it runs in virtual time. It knows no Node API, and of the rest of the project
 * only the wire's types and limits, and the Clock. What is said on the wire: PROTOCOL.md.
 */
import { SAMPLE_BYTES } from '../wire/limits.ts';
import type { Ready, ServerMessage, Summary } from '../wire/message.ts';
import type { ConnectionPorts } from './connection.ts';
import { Connection } from './connection.ts';
import { Inbox } from './inbox.ts';
import type { ConnectOptions } from './options.ts';
import { limitsOf } from './options.ts';
import { Outcome } from './outcome.ts';
import type { StreamError } from './problem.ts';
import { problem } from './problem.ts';
import { Tape } from './tape.ts';

/** Unsent audio from which write() asks to hold back: this, or a sixth of a smaller store. */
const HIGH_MS = 10_000;

/** One session, from `start` to `summary`. */
export class Stream implements AsyncIterable<ServerMessage> {
  readonly #options: ConnectOptions;
  readonly #connection: Connection;
  readonly #tape: Tape;
  readonly #inbox: Inbox;
  readonly #highMs: number;
  readonly #ready = new Outcome<Ready>();
  readonly #summary = new Outcome<Summary>();
  /** There while unsent audio is past its mark; resolved when it is low again. */
  #pressure: Outcome<void> | undefined;
  /** There once the stream has ended. */
  #end: StreamError | undefined;

  /** Throws a RangeError for options out of range, and what `open` throws for a bad URL. */
  constructor(options: ConnectOptions, ports: ConnectionPorts) {
    const limits = limitsOf(options);
    const { encoding, sampleRateHertz } = options.start;
    this.#options = options;
    this.#tape = new Tape({ encoding, sampleRateHertz, storeMs: limits.storeMs });
    this.#inbox = new Inbox(limits.messagesMax);
    this.#highMs = Math.min(HIGH_MS, limits.storeMs / 6);
    this.#connection = new Connection(options, limits, ports, {
      onMessage: (message) => this.#onMessage(message),
      onEnd: (why) => this.#onEnd(why),
    });
  }

  /** Resolves with the server's `ready`; rejects with the StreamError when it never comes. */
  ready(): Promise<Ready> {
    return this.#ready.wait();
  }

  /**
   * Sends `audio` as one frame, or as several when the server takes only shorter ones. Copies it:
   * the caller may reuse the buffer. False: hold back until onDrain or drained(); what is written
   * all the same is taken, until the store is full and its oldest audio goes, said by a `gap`.
   * After the end it answers false and takes nothing.
   * Throws a RangeError for half a sample, and an Error after finish().
   */
  write(audio: Uint8Array): boolean {
    this.#assertUnfinished('write');
    const { encoding } = this.#options.start;
    const sampleBytes = SAMPLE_BYTES[encoding];
    if (audio.byteLength % sampleBytes !== 0) {
      const expected = `a multiple of ${sampleBytes} for ${encoding}`;
      throw new RangeError(`write() got ${audio.byteLength} bytes, expected ${expected}`);
    }
    if (this.#end !== undefined) return false;
    this.#tape.append(new Uint8Array(audio));
    this.#pump();
    return this.#pressure === undefined;
  }

  /** Resolves when write() is welcome: at once, or with onDrain. Rejects when the stream ends first. */
  drained(): Promise<void> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return this.#pressure?.wait() ?? Promise.resolve();
  }

  /** Asks for a final of all audio so far, as when a push-to-talk button is released. */
  finalize(): void {
    this.#assertUnfinished('finalize');
    this.#tape.mark('finalize');
    this.#pump();
  }

  /** Says that `ms` of audio, a whole number from 1 to 86,400,000, were lost before they got here. */
  gap(ms: number): void {
    this.#assertUnfinished('gap');
    if (!(Number.isInteger(ms) && ms >= 1 && ms <= 86_400_000)) {
      throw new RangeError(`gap() got ${ms}, expected a whole number of ms from 1 to 86400000`);
    }
    this.#tape.gap(ms);
    this.#pump();
  }

  /** No more audio: sends what is left and waits for the summary. Rejects with a StreamError. */
  finish(): Promise<Summary> {
    if (!this.#tape.finished) this.#tape.mark('finish');
    this.#pump();
    return this.#summary.wait();
  }

  /** Ends at once, without a summary; whoever waits for one gets the StreamError `closed`. */
  close(): void {
    this.#connection.close(problem('closed', 'the stream was closed by its user'));
  }

  /**
   * Messages as they come, for one reader; ends with the summary or close(), throws the StreamError
   * of a stream that ends otherwise. Of interims, acks and queue positions that wait, only the newest
   * is kept. When more than `messagesMax` wait, the loop throws `slow_reader`; the stream goes on.
   * Leaving the loop doesn't end the stream either.
   */
  [Symbol.asyncIterator](): AsyncGenerator<ServerMessage, void, undefined> {
    return this.#inbox.read();
  }

  #onMessage(message: ServerMessage): void {
    this.#take(message);
    this.#inbox.push(message);
    this.#options.onMessage?.(message);
    this.#pump();
  }

  #take(message: ServerMessage): void {
    switch (message.type) {
      case 'ready':
        this.#tape.admit(message);
        this.#ready.resolve(message);
        break;
      case 'ack':
        this.#tape.acknowledge(message.received, message.windowMs);
        this.#tape.settle(message.settled);
        break;
      case 'final':
      case 'gap':
        this.#tape.settle(message.settled);
        break;
      case 'summary':
        this.#summary.resolve(message);
        break;
      default:
        break;
    }
  }

  /** Sends what the window allows, and keeps the store within its bounds. */
  #pump(): void {
    while (this.#connection.live) {
      const item = this.#tape.take();
      if (item === undefined) break;
      this.#connection.send(item);
    }
    this.#tape.trim();
    const { unsentMs } = this.#tape;
    if (unsentMs >= this.#highMs) this.#pressure ??= new Outcome();
    else if (unsentMs <= this.#highMs / 2) this.#relieve();
  }

  #relieve(): void {
    const pressure = this.#pressure;
    if (pressure === undefined) return;
    this.#pressure = undefined;
    pressure.resolve();
    this.#options.onDrain?.();
  }

  #onEnd(why: StreamError | undefined): void {
    this.#end = why ?? problem('closed', 'the stream has ended with its summary');
    this.#ready.reject(this.#end);
    this.#summary.reject(this.#end);
    this.#pressure?.reject(this.#end);
    this.#inbox.end(why?.code === 'closed' ? undefined : why);
    this.#options.onEnd?.(why);
  }

  #assertUnfinished(call: string): void {
    if (this.#tape.finished) throw new Error(`${call}() after finish(): no audio may follow`);
  }
}
