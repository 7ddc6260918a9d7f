/**
 * Watch: what holds for all that a client sends, whatever the case: the order of things, frame sizes,
 * the window, `seen`; and which number a frame has.
 */
import type { Clock } from '../../src/clock.ts';
import { isFault } from '../../src/wire/fault.ts';
import type { ClientMessage, Ready } from '../../src/wire/message.ts';
import { parseMessage } from '../../src/wire/message.ts';
import { placeOf, SAMPLES_PER_MS } from './ramp.ts';

/** "At most once a second", and clocks of two processes. */
const SEEN_MS_MIN = 900;

/** Up to the end of a frame or gap: session time, and audio alone, in samples. */
interface Place {
  readonly end: number;
  readonly audio: number;
}

export class Watch {
  /** What was wrong, a sentence each. */
  readonly wrong: string[] = [];
  readonly #clock: Clock;
  #state: 'silent' | 'started' | 'live' | 'finished' = 'silent';
  /** By number, from 1 on. */
  #places: Place[] = [];
  #received = 0;
  #windowMs = 0;
  #terms: Pick<Ready, 'maxFrameBytes' | 'maxFrameMs'> = { maxFrameBytes: 0, maxFrameMs: 0 };
  #resumable = false;
  /** The newest final that was said, and the one that the client says it has. */
  #result = 0;
  #seenMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Another connection. */
  begin(): void {
    this.#state = 'silent';
    this.#seenMs = Number.NEGATIVE_INFINITY;
  }

  onReady(ready: Ready): void {
    this.#state = 'live';
    this.#places = ready.resumed === false ? [] : this.#places.slice(0, ready.frame - 1);
    this.#result = ready.resumed === false ? 0 : this.#result;
    this.#terms = ready;
    this.#resumable = ready.resume !== undefined;
    this.#received = ready.frame - 1;
    this.#windowMs = ready.windowMs;
  }

  onAck(received: number, windowMs: number): void {
    this.#received = received;
    this.#windowMs = windowMs;
  }

  onFinal(result: number): void {
    this.#result = Math.max(this.#result, result);
  }

  onAudio(audio: Uint8Array): void {
    if (this.#state !== 'live') this.#complain(`audio came ${this.#when()}`);
    const samples = audio.byteLength / 2;
    const { maxFrameBytes, maxFrameMs } = this.#terms;
    if (audio.byteLength === 0 || audio.byteLength % 2 === 1) {
      this.#complain(`a frame has ${audio.byteLength} bytes, expected whole samples`);
    }
    if (audio.byteLength > maxFrameBytes || samples > maxFrameMs * SAMPLES_PER_MS) {
      this.#complain(`a frame has ${placeOf(audio)}, more than \`ready\` allows`);
    }
    const outstanding = this.#end.audio - this.#audioUpTo(this.#received);
    const fits = outstanding + samples <= this.#windowMs * SAMPLES_PER_MS;
    if (!fits && (outstanding > 0 || this.#windowMs === 0)) {
      const ms = outstanding / SAMPLES_PER_MS;
      const window = `the window is ${this.#windowMs} ms, and ${ms} ms are outstanding`;
      this.#complain(`a frame with ${placeOf(audio)} was sent beyond the window: ${window}`);
    }
    this.#place(samples, samples);
  }

  /** The message, or undefined for what is none of the protocol. */
  onText(text: string): ClientMessage | undefined {
    const message = parseMessage(text);
    if (isFault(message)) {
      this.#complain(`the client sent ${text.slice(0, 200)}: ${message.message}`);
      return undefined;
    }
    this.#order(message.type);
    if (message.type === 'start') this.#state = 'started';
    if (message.type === 'finish') this.#state = 'finished';
    if (message.type === 'seen') this.#onSeen(message.result);
    if (message.type === 'gap') {
      this.#place(message.ms * SAMPLES_PER_MS, 0);
      for (let n = 1; n < message.frames; n++) this.#place(0, 0);
    }
    return message;
  }

  /** `@500` is the number of the last frame or gap that ends at 500 ms of the session or before. */
  numberAt(text: string): number {
    const [, ms = '', more = '0'] = /^@(\d+)(?:\+(\d+))?$/.exec(text) ?? [];
    const places = this.#places.filter(({ end }) => end <= Number(ms) * SAMPLES_PER_MS);
    return places.length + Number(more);
  }

  get count(): number {
    return this.#places.length;
  }

  get #end(): Place {
    return this.#places.at(-1) ?? { end: 0, audio: 0 };
  }

  #audioUpTo(number: number): number {
    return this.#places[number - 1]?.audio ?? 0;
  }

  #place(samples: number, audio: number): void {
    const { end, audio: before } = this.#end;
    this.#places.push({ end: end + samples, audio: before + audio });
  }

  #order(type: ClientMessage['type']): void {
    const isFirst = this.#state === 'silent';
    if (isFirst !== (type === 'start')) this.#complain(`\`${type}\` came ${this.#when()}`);
    if (this.#state === 'started') this.#complain(`\`${type}\` came ${this.#when()}`);
    const isLate = this.#state === 'finished' && !['finish', 'keepalive', 'seen'].includes(type);
    if (isLate) this.#complain(`\`${type}\` came ${this.#when()}`);
  }

  #when(): string {
    const places = { silent: 'before `start`', started: 'before `ready`', live: 'once more' };
    return this.#state === 'finished' ? 'after `finish`' : places[this.#state];
  }

  #onSeen(result: number): void {
    const nowMs = this.#clock.nowMs();
    const sinceMs = nowMs - this.#seenMs;
    this.#seenMs = nowMs;
    if (!this.#resumable) this.#complain('`seen` came to a server that gives no tokens');
    if (sinceMs < SEEN_MS_MIN)
      this.#complain(`\`seen\` came again after ${Math.round(sinceMs)} ms`);
    if (result > this.#result) {
      this.#complain(`\`seen\` says ${result}, but the newest final is ${this.#result}`);
    }
  }

  #complain(what: string): void {
    this.wrong.push(what);
  }
}
