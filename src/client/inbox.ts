/**
 * Inbox: messages that wait for the reader of an async iterator, bounded.
 *
 * An interim, ack or queued that waits is replaced by a newer one, and an interim by its final. At
 * the bound the iterator fails with `slow_reader` and keeps nothing more: a transcript with a hole
 * that nobody sees would be worse. The stream and its callbacks go on.
 */
import type { ServerMessage } from '../wire/message.ts';
import { Outcome } from './outcome.ts';
import type { StreamError } from './problem.ts';
import { problem } from './problem.ts';

/** What the newest one of says all. */
const LATEST: ReadonlySet<ServerMessage['type']> = new Set(['interim', 'ack', 'queued'] as const);

export class Inbox {
  readonly #messagesMax: number;
  #messages: ServerMessage[] = [];
  #news = new Outcome<void>();
  /** Nothing is taken in any more; the reader gets what waits, and then this. */
  #end: { readonly problem: StreamError | undefined } | undefined;

  constructor(messagesMax: number) {
    this.#messagesMax = messagesMax;
  }

  push(message: ServerMessage): void {
    if (this.#end !== undefined) return;
    if (LATEST.has(message.type)) this.#remove(message.type);
    if (message.type === 'final') this.#remove('interim');
    this.#messages.push(message);
    if (this.#messages.length > this.#messagesMax) this.#overflow();
    this.#wake();
  }

  /** No more will come; with a problem, the reader's loop throws it after the last message. */
  end(problem: StreamError | undefined): void {
    this.#end ??= { problem };
    this.#wake();
  }

  /** For one reader: two would share the messages. Leaving the loop gives up what waits. */
  async *read(): AsyncGenerator<ServerMessage, void, undefined> {
    try {
      while (true) {
        const message = this.#messages.shift();
        if (message !== undefined) yield message;
        else if (this.#end === undefined) await this.#news.wait();
        else if (this.#end.problem === undefined) return;
        else throw this.#end.problem;
      }
    } finally {
      this.#messages = [];
      this.end(undefined);
    }
  }

  #remove(type: ServerMessage['type']): void {
    const at = this.#messages.findIndex((message) => message.type === type);
    if (at >= 0) this.#messages.splice(at, 1);
  }

  #overflow(): void {
    this.#messages = [];
    const what = `more than ${this.#messagesMax} messages waited for the reader of the iterator`;
    this.end(problem('slow_reader', what));
  }

  #wake(): void {
    const news = this.#news;
    this.#news = new Outcome();
    news.resolve();
  }
}
