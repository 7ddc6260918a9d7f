/**
 * Line: what ties one socket to a session, for as long as that session listens to it.
 *
 * Another socket may take a session over: then what still comes on the old one is for nobody. A line
 * knows neither of the two ends but by what it needs of them.
 */
import type { Fault } from '../wire/fault.ts';
import type { ClientMessage, ServerMessage } from '../wire/message.ts';
import type { Sink } from './surroundings.ts';

/** Who listens to a socket. */
export interface Party {
  /** A text message, parsed. */
  message(message: ClientMessage): void;
  /** One binary frame. The caller may use `audio` again once it returns. */
  frame(audio: Uint8Array): void;
  /** Something that could not be parsed, or was too large. */
  fault(fault: Fault): void;
  /** A message given to the line was handed to the socket. */
  handed(message: ServerMessage): void;
  /** The socket is gone. */
  lost(): void;
}

export class Line implements Sink, Party {
  readonly #sink: Sink;
  #party: Party | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** From now on what the socket brings is for `party`; with undefined, for nobody. */
  tie(party: Party | undefined): void {
    this.#party = party;
  }

  send(message: ServerMessage): boolean {
    return this.#sink.send(message);
  }

  close(code: number, reason: string): void {
    this.#sink.close(code, reason);
  }

  message(message: ClientMessage): void {
    this.#party?.message(message);
  }

  frame(audio: Uint8Array): void {
    this.#party?.frame(audio);
  }

  fault(fault: Fault): void {
    this.#party?.fault(fault);
  }

  handed(message: ServerMessage): void {
    this.#party?.handed(message);
  }

  lost(): void {
    this.#party?.lost();
  }
}
