/**
 * FakePipe: a socket that takes, buffers or drops what it is told to.
 */
import type { Pipe, Sent } from '../../src/edge/outbox.ts';
import type { ServerMessage } from '../../src/wire/message.ts';

export class FakePipe implements Pipe {
  /** All that was taken, in order. */
  readonly taken: ServerMessage[] = [];
  ended: { readonly code: number; readonly reason: string } | undefined;
  /** What the next sends answer, the first first; `sent` once it is empty. */
  answers: Sent[] = [];
  takenBytes = 0;
  #buffered = 0;

  send(text: string): Sent {
    if (this.ended !== undefined) throw new Error('sent after the end');
    const answer = this.answers.shift() ?? (this.#buffered > 0 ? 'buffered' : 'sent');
    if (answer === 'dropped') return answer;
    const bytes = Buffer.byteLength(text);
    this.takenBytes += bytes;
    if (answer === 'buffered') this.#buffered += bytes;
    this.taken.push(JSON.parse(text));
    return answer;
  }

  bufferedBytes(): number {
    return this.#buffered;
  }

  /** The kernel takes all but `bytes`. */
  drainTo(bytes: number): void {
    this.#buffered = Math.min(this.#buffered, bytes);
  }

  end(code: number, reason: string): void {
    if (this.ended !== undefined) throw new Error('ended twice');
    this.ended = { code, reason };
  }
}
