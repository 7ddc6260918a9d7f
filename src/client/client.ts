/**
 * Client: live speech to Earshot and its transcript back, for browsers and Node.
 *
 * It keeps audio until it is settled, honours the window, says what it had to drop, and takes its
 * session up again when the connection is lost. Sockets, time and chance are arguments: it runs in
 * virtual time. It knows no Node API, and of the rest of the project only the wire's types and
 * tables, and the Clock. What is said on the wire: PROTOCOL.md.
 */
import { SAMPLE_BYTES } from '../wire/limits.ts';
import type { Ready, ServerMessage, Summary } from '../wire/message.ts';
import { Heard } from './heard.ts';
import { Inbox } from './inbox.ts';
import type { LinePorts } from './line.ts';
import { Line } from './line.ts';
import type { ConnectOptions, StreamState } from './options.ts';
import { limitsOf } from './options.ts';
import { Outcome } from './outcome.ts';
import type { StreamError } from './problem.ts';
import { problem } from './problem.ts';
import { Receipt } from './receipt.ts';
import type { Sealer } from './seal.ts';
import { newSealer, readDeviceKey } from './seal.ts';
import { Tape } from './tape.ts';

/** Unsent audio from which write() asks to hold back: this, or a sixth of a smaller store. */
const HIGH_MS = 10_000;

export interface StreamPorts extends LinePorts {
  /** Calls `listen` whenever the network may be back; what it answers ends that. */
  readonly hints?: ((listen: () => void) => () => void) | undefined;
}

/**
 * One stream, from `start` to `summary`, over as many connections as it takes. It is one session as
 * long as that can be taken up again; else what is unsettled goes into another one: see StreamState.
 */
export class Stream implements AsyncIterable<ServerMessage> {
  readonly #options: ConnectOptions;
  readonly #line: Line;
  readonly #tape: Tape;
  readonly #heard = new Heard();
  readonly #receipt: Receipt;
  readonly #inbox: Inbox;
  readonly #highMs: number;
  readonly #ready = new Outcome<Ready>();
  readonly #summary = new Outcome<Summary>();
  /** The session of the newest `ready`. */
  #session: string | undefined;
  readonly #deviceKey: Uint8Array | undefined;
  /** For the frames of that session, where they are signed. */
  #sealer: Sealer | undefined;
  /** There while unsent audio is past its mark; resolved when it is low again. */
  #pressure: Outcome<void> | undefined;
  /** There once the stream has ended. */
  #end: StreamError | undefined;
  #unhint: (() => void) | undefined;

  /** Throws a RangeError for options out of range, and what `open` throws for a bad URL. */
  constructor(options: ConnectOptions, ports: StreamPorts) {
    const limits = limitsOf(options);
    const { encoding, sampleRateHertz } = options.start;
    const { deviceKey } = options;
    this.#deviceKey = deviceKey === undefined ? undefined : readDeviceKey(deviceKey);
    this.#options = options;
    this.#tape = new Tape({ encoding, sampleRateHertz, storeMs: limits.storeMs });
    this.#inbox = new Inbox(limits.messagesMax);
    this.#highMs = Math.min(HIGH_MS, limits.storeMs / 6);
    this.#receipt = new Receipt(ports.clock, (result) => this.#say({ type: 'seen', result }));
    this.#line = new Line(options, limits, ports, {
      resume: () => this.#heard.resume,
      isWaiting: () => !this.#tape.idle,
      onForsaken: () => this.#heard.forsake(),
      onMessage: (message) => this.#onMessage(message),
      onState: (state) => this.#onState(state),
      onEnd: (why) => this.#onEnd(why),
    });
    this.#line.begin();
    this.#unhint = ports.hints?.(() => this.#line.hint());
  }

  /** Resolves with the server's first `ready`; rejects with the StreamError when it never comes. */
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
    this.#line.close(problem('closed', 'the stream was closed by its user'));
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
    const settled = this.#heard.settled;
    const shown = this.#take(message);
    if (this.#heard.settled > settled) {
      this.#tape.settle(this.#heard.settled);
      this.#line.steady();
    }
    for (const each of shown) {
      this.#inbox.push(each);
      this.#options.onMessage?.(each);
    }
    this.#pump();
  }

  /** What of it the app is to see. */
  #take(message: ServerMessage): readonly ServerMessage[] {
    switch (message.type) {
      case 'ready':
        return this.#takeReady(message) ? [message] : [];
      case 'ack':
        this.#tape.acknowledge(message.received, message.windowMs);
        this.#heard.ack(message);
        return [message];
      case 'final':
        if (!this.#heard.final(message)) return [];
        // A server that gives no tokens knows no `seen` either.
        if (this.#heard.resume !== undefined) this.#receipt.note(message.result);
        return [message];
      case 'gap':
        return this.#heard.gap(message);
      case 'summary':
        this.#summary.resolve(message);
        return [message];
      default:
        return [message];
    }
  }

  /** False: the server wants what can't be given, and another connection follows, without a token. */
  #takeReady(ready: Ready): boolean {
    const { session, resumed, frame } = ready;
    if (resumed === false) {
      const { settledMs } = this.#heard;
      const fromMs = this.#session === undefined ? undefined : settledMs;
      this.#tape.renew(ready, settledMs);
      this.#heard.begin(ready);
      this.#onState({ state: 'live', session, fromMs });
    } else {
      if (!this.#tape.resume(ready)) {
        const what = `the server resumes at frame ${frame}, which is settled or was never sent`;
        this.#heard.forsake();
        this.#line.drop(problem('bad_answer', what, { retryable: true }));
        return false;
      }
      this.#heard.begin(ready);
      this.#onState({ state: 'resumed', session, by: resumed });
    }
    this.#session = session;
    if (this.#deviceKey !== undefined) this.#sealer = newSealer(this.#deviceKey, session);
    this.#ready.resolve(ready);
    return true;
  }

  #onState(state: StreamState): void {
    if (!this.#line.live) this.#receipt.cancel();
    this.#options.onState?.(state);
  }

  #say(message: object): void {
    if (this.#line.live) this.#line.send(message);
  }

  /** Sends what the window allows, and keeps the store within its bounds. */
  #pump(): void {
    while (this.#line.live) {
      const { next } = this.#tape;
      const item = this.#tape.take();
      if (item === undefined) break;
      this.#line.send(item instanceof Uint8Array ? this.#sealed(next, item) : item);
    }
    this.#tape.trim();
    if (!this.#tape.idle) this.#line.need();
    const { unsentMs } = this.#tape;
    if (unsentMs >= this.#highMs) this.#pressure ??= new Outcome();
    else if (unsentMs <= this.#highMs / 2) this.#relieve();
  }

  /** A frame as it goes out. */
  #sealed(number: number, audio: Uint8Array): Uint8Array {
    return this.#sealer?.seal(number, audio) ?? audio;
  }

  #relieve(): void {
    const pressure = this.#pressure;
    if (pressure === undefined) return;
    this.#pressure = undefined;
    pressure.resolve();
    this.#options.onDrain?.();
  }

  #onEnd(why: StreamError | undefined): void {
    this.#unhint?.();
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
