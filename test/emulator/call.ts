/**
 * Call: one call of the in-process front: a stream, and the way there and back.
 */
import type { Clock } from '../../src/clock.ts';
import type { Emulator } from './emulator.ts';
import type { LinkFault } from './faults.ts';
import type { Status, Version } from './limits.ts';
import { CODE } from './limits.ts';
import { LOST, resetStatus } from './link.ts';
import { Outflow } from './outflow.ts';
import type { Response } from './response.ts';
import type { Stream } from './stream.ts';

const HTTP2_ENHANCE_YOUR_CALM = 11;

export interface CallEvents {
  /** A response as the client library decodes it. */
  onMessage(response: Response): void;
  /** So much audio has gone: the server has read it. */
  onTaken?(bytes: number): void;
  /** The last event, with the code and text that @grpc/grpc-js gives. Code 0: all is said. */
  onEnd(code: number, text: string): void;
}

/** What a client can do. After the end, or the client's own cancel(), nothing. */
export interface Call {
  /** Copies `audio`. */
  write(audio: Uint8Array): void;
  halfClose(): void;
  /** onEnd comes with code 1, as in gRPC, and no message any more. */
  cancel(): void;
}

export interface CallParts {
  readonly emulator: Emulator;
  readonly clock: Clock;
  readonly wireMs: number;
  readonly messagesMax: number;
  /** The call takes its place; answers the connection's number. */
  readonly onConnect: () => number;
  readonly onLink: (fault: LinkFault) => void;
  /** The call has left its connection. */
  readonly onEnd: () => void;
}

export class RunningCall implements Call {
  readonly #version: Version;
  readonly #events: CallEvents;
  readonly #parts: CallParts;
  readonly #up: Outflow;
  readonly #down: Outflow;
  /** What the client has done while it waited for a place; at most `messagesMax`. */
  #early: (() => void)[] = [];
  #state: 'waiting' | 'running' | 'ended' = 'waiting';
  #stream: Stream | undefined;
  #bytesPerSecond = Infinity;

  constructor(version: Version, events: CallEvents, parts: CallParts) {
    this.#version = version;
    this.#events = events;
    this.#parts = parts;
    this.#up = new Outflow(parts.clock, parts.messagesMax);
    // Its items are bounded where they come from: a stream's replies.
    this.#down = new Outflow(parts.clock, Infinity);
  }

  /** Gives the call a place on the connection: it goes to the server. */
  connect(): void {
    this.#state = 'running';
    const connection = this.#parts.onConnect();
    this.#travel(0, () => {
      const stream = this.#parts.emulator.open(this.#version, connection, {
        send: (response) => this.#arrive(() => this.#events.onMessage(response)),
        end: (status) => this.#arrive(() => this.#end(status)),
        link: (fault) => this.#parts.onLink(fault),
      });
      this.#stream = stream;
      stream.start();
    });
    const early = this.#early;
    this.#early = [];
    for (const run of early) run();
  }

  message(request: object): void {
    this.#act(() => this.#travel(0, () => this.#stream?.message(request)));
  }

  write(audio: Uint8Array): void {
    const own = Uint8Array.from(audio);
    const request = this.#version === 'v1' ? { audioContent: own } : { audio: own };
    const { byteLength } = own;
    this.#act(() =>
      this.#travel(byteLength, () => {
        this.#stream?.message(request);
        this.#arrive(() => this.#events.onTaken?.(byteLength));
      }),
    );
  }

  halfClose(): void {
    this.#act(() => this.#travel(0, () => this.#stream?.halfClose()));
  }

  cancel(): void {
    this.drop('CANCELLED', LOST.cancelled);
  }

  /** Ends the call from below: the stream is lost to the server, and the client told so. */
  drop(how: string, status: Status): void {
    if (this.#state === 'ended') return;
    this.#up.clear();
    this.#down.clear();
    this.#stream?.lost(how);
    this.#state = 'ended';
    this.#down.add(0, () => this.#events.onEnd(CODE[status.code], status.text));
    this.#parts.onEnd();
  }

  /** The server reads no faster from now on. */
  slow(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  #act(run: () => void): void {
    if (this.#state === 'running') run();
    if (this.#state !== 'waiting') return;
    if (this.#early.length < this.#parts.messagesMax) this.#early.push(run);
    else this.drop('overflow', resetStatus(HTTP2_ENHANCE_YOUR_CALM));
  }

  /** To the server. */
  #travel(bytes: number, run: () => void): void {
    if (this.#bytesPerSecond === 0) return;
    this.#up.delay((bytes * 1000) / this.#bytesPerSecond);
    if (!this.#up.add(this.#parts.wireMs, run))
      this.drop('overflow', resetStatus(HTTP2_ENHANCE_YOUR_CALM));
  }

  /** At the client. */
  #arrive(run: () => void): void {
    this.#down.add(this.#parts.wireMs, run);
  }

  #end({ code, text }: Status): void {
    this.#state = 'ended';
    this.#up.clear();
    this.#events.onEnd(CODE[code], text);
    this.#parts.onEnd();
  }
}
