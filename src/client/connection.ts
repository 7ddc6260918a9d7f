/**
 * Connection: one socket, from its opening to its close, as messages.
 *
 * It says `start`, waits for `ready` within a bound, keeps the connection alive and notices when it
 * is dead. It knows nothing of audio, and ends for good: after its end nothing of it is read any
 * more, and a stream that resumes takes another one.
 */
import type { Clock, Timer } from '../clock.ts';
import type { ErrorMessage, Ready, ServerMessage } from '../wire/message.ts';
import { Alarm } from './alarm.ts';
import { parseAnswer } from './answer.ts';
import type { Limits } from './options.ts';
import { addressOf } from './options.ts';
import type { StreamError } from './problem.ts';
import { lost, problem, refusal } from './problem.ts';
import type { Failure, OpenSocket, Socket } from './socket.ts';
import type { Event, State } from './state.ts';
import { next } from './state.ts';

/** How long after an `error` its close code may take. */
const CLOSE_MS_MAX = 2_000;

/**
 * How long after too long a silence the last look is. After a pause of this process, a sleeping
 * phone's say, timers may come before the messages that came meanwhile.
 */
const LAST_LOOK_MS = 100;

/** A keepalive interval below this would be a flood. */
const KEEPALIVE_MS_MIN = 100;

export interface Call {
  readonly url: string;
  readonly token: string | undefined;
  /** The first message. */
  readonly start: object;
}

export interface ConnectionPorts {
  readonly clock: Clock;
  readonly open: OpenSocket;
}

export interface ConnectionEvents {
  onMessage(message: ServerMessage): void;
  /** Once, and last. Undefined: the summary has come. */
  onEnd(problem: StreamError | undefined): void;
}

export class Connection {
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #start: object;
  readonly #address: string;
  readonly #quietMsMax: number;
  readonly #socket: Socket;
  #state: State = 'connecting';
  /** The server's `error`: what is still to come is the close code. */
  #error: ErrorMessage | undefined;
  /** The wait for `ready`; later for the last look, or for a close code. */
  #deadline: Timer;
  #keepalive: Alarm | undefined;
  #quiet: Alarm | undefined;

  /** Throws what `open` throws for a bad URL. Nothing fires before it has returned. */
  constructor(
    { url, token, start }: Call,
    limits: Pick<Limits, 'connectMsMax' | 'quietMsMax'>,
    { clock, open }: ConnectionPorts,
    events: ConnectionEvents,
  ) {
    this.#clock = clock;
    this.#events = events;
    this.#start = start;
    this.#address = addressOf(url);
    this.#quietMsMax = limits.quietMsMax;
    this.#socket = open(url, token, {
      onOpen: () => this.#onOpen(),
      onText: (text) => this.#onText(text),
      onClose: (code, reason, failure) => this.#onClose(code, reason, failure),
    });
    const { connectMsMax } = limits;
    this.#deadline = clock.after(connectMsMax, () => this.#onConnectTimeout(connectMsMax));
  }

  /** Frames and markers may be sent: `ready` has come, and no end. */
  get live(): boolean {
    return this.#state === 'live';
  }

  /** Only while live. */
  send(item: Uint8Array | object): void {
    this.#keepalive?.touch();
    this.#socket.send(item instanceof Uint8Array ? item : JSON.stringify(item));
  }

  /** Gives it up. onEnd comes before this returns, unless it had come. */
  close(why: StreamError): void {
    this.#end(why);
  }

  #onOpen(): void {
    if (this.#enter('opened')) this.send(this.#start);
  }

  #onText(text: string): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    this.#quiet?.touch();
    if (this.#state === 'live') this.#deadline.cancel();
    const message = parseAnswer(text);
    if (message === 'unknown') return;
    if (message === undefined) {
      const what = `${this.#address} sent what is not earshot.v1: is it an Earshot server?`;
      this.#end(problem('bad_answer', what));
      return;
    }
    // A session has one `ready`: numbers count from it.
    if (message.type === 'ready' && !this.#takeReady(message)) return;
    if (message.type === 'error') this.#takeError(message);
    this.#events.onMessage(message);
    if (message.type === 'summary') this.#end(undefined);
  }

  #takeReady(ready: Ready): boolean {
    if (!this.#enter('ready')) return false;
    this.#deadline.cancel();
    const keepaliveMs = Math.max(KEEPALIVE_MS_MIN, ready.keepaliveMs);
    this.#keepalive = new Alarm(this.#clock, keepaliveMs, () => this.send({ type: 'keepalive' }));
    this.#quiet = new Alarm(this.#clock, this.#quietMsMax, () => {
      this.#deadline.cancel();
      this.#deadline = this.#clock.after(LAST_LOOK_MS, () => this.#onQuiet());
    });
    return true;
  }

  #takeError(error: ErrorMessage): void {
    if (!this.#enter('error')) return;
    this.#error = error;
    this.#keepalive?.cancel();
    this.#quiet?.cancel();
    this.#deadline.cancel();
    this.#deadline = this.#clock.after(CLOSE_MS_MAX, () => this.#end(refusal(error, undefined)));
  }

  #onClose(code: number, reason: string, failure: Failure | undefined): void {
    if (failure !== undefined) this.#end(problem('unreachable', failure.message, failure));
    else if (this.#error !== undefined) this.#end(refusal(this.#error, code));
    else this.#end(lost(this.#address, code, reason));
  }

  #onConnectTimeout(connectMsMax: number): void {
    const what = this.#state === 'connecting' ? 'no answer' : 'a connection, but no `ready`';
    const message = `${what} from ${this.#address} within ${connectMsMax} ms: is it an Earshot server?`;
    this.#end(problem('unreachable', message, { retryable: true }));
  }

  #onQuiet(): void {
    const message = `nothing has come from ${this.#address} for ${this.#quietMsMax} ms`;
    this.#end(problem('lost', message, { retryable: true }));
  }

  #end(why: StreamError | undefined): void {
    if (!this.#enter('end')) return;
    this.#deadline.cancel();
    this.#keepalive?.cancel();
    this.#quiet?.cancel();
    this.#socket.close();
    this.#events.onEnd(why);
  }

  /** Whether the event meant something; if so, it has. */
  #enter(event: Event): boolean {
    const state = next(this.#state, event);
    if (state === undefined) return false;
    this.#state = state;
    return true;
  }
}
