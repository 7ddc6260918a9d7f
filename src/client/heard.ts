/**
 * Heard: what has come of one session, so that a resume asks for the rest and nothing is seen twice.
 *
 * It holds the newest resume token and the newest final's number. A server that gives no tokens
 * gives none to resume with: its sessions end with their connection.
 */
import type { Ack, Final, Gap, Ready } from '../wire/message.ts';
import { Gaps } from './gaps.ts';

type Cursor = Pick<Ack, 'settled' | 'settledMs' | 'resume'>;

export class Heard {
  #token: string | undefined;
  #result = 0;
  #settled = 0;
  #settledMs = 0;
  #gaps = new Gaps();

  /** What `start` brings for a resume; undefined when there is nothing to resume. */
  get resume(): { readonly token: string; readonly result: number } | undefined {
    return this.#token === undefined ? undefined : { token: this.#token, result: this.#result };
  }

  /** The newest final; 0 before the first. */
  get result(): number {
    return this.#result;
  }

  /** Every frame up to this number need not be kept. */
  get settled(): number {
    return this.#settled;
  }

  /** Session time before which nothing need be kept. */
  get settledMs(): number {
    return this.#settledMs;
  }

  /** The session goes on, or with `resumed: false` another one begins. */
  begin({ resumed, resume }: Ready): void {
    if (resumed === false) {
      this.#result = 0;
      this.#settled = 0;
      this.#settledMs = 0;
      this.#gaps = new Gaps();
      this.#token = resume;
    } else this.#token = resume ?? this.#token;
  }

  /** It can't be taken up again: the next one is new. */
  forsake(): void {
    this.#token = undefined;
  }

  ack(ack: Ack): void {
    this.#settle(ack);
  }

  /** Whether the app is to see it: it comes for the first time. */
  final(final: Final): boolean {
    if (final.result <= this.#result) return false;
    this.#result = final.result;
    this.#settle(final);
    return true;
  }

  /** What of it the app is to see: the parts that come for the first time. */
  gap(gap: Gap): Gap[] {
    const fresh = this.#gaps.take(gap);
    this.#settle(gap);
    return fresh.map(({ start, end }) => ({ ...gap, start, end }));
  }

  /**
   * With tokens, only what the newest one says is settled for good: without it a resume would need
   * more. One that is older than ours came late, and is no use.
   */
  #settle({ settled, settledMs, resume }: Cursor): void {
    if (resume === undefined && this.#token !== undefined) return;
    if (settled < this.#settled || settledMs < this.#settledMs) return;
    this.#token = resume;
    this.#settled = settled;
    this.#settledMs = settledMs;
    if (resume !== undefined) this.#gaps.settle(settledMs);
  }
}
