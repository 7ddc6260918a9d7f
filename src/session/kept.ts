/**
 * Kept: the finals and gaps of a session that its device may not have, in their order.
 *
 * They go once the device says that it has seen them, or when they are too many bytes: the oldest
 * first. A device that resumes gets what it lacks again, each with a token that is issued anew.
 */
import type { Final, Gap } from '../wire/message.ts';
import type { Ticket } from '../wire/ticket.ts';

interface Item {
  readonly message: Final | Gap;
  readonly ticket: Ticket;
  /** Where its audio ends. */
  readonly end: number;
  readonly bytes: number;
  sentMs: number;
}

/** Whether the device says what it has seen: then it has to, in time. */
type Habit = 'silent' | 'says';

export class Kept {
  readonly #bytesMax: number;
  #items: Item[] = [];
  #bytes = 0;
  /** Finals up to this one, and gaps before this place, are not kept any more. */
  #gone: { result: number; settled: number };
  #habit: Habit = 'silent';

  /** What there was up to `from` was never here. */
  constructor(bytesMax: number, from: Pick<Ticket, 'result' | 'settled'>) {
    this.#bytesMax = bytesMax;
    this.#gone = { result: from.result, settled: from.settled };
  }

  /** `message` is about audio that ends at session sample `end`, and tells the device of `ticket`. */
  add(message: Final | Gap, end: number, ticket: Ticket, nowMs: number): void {
    const bytes = Buffer.byteLength(JSON.stringify(message));
    this.#items.push({ message, ticket, end, bytes, sentMs: nowMs });
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax && this.#items.length > 1) this.#drop();
  }

  /** The device has the finals up to `result`, and the gaps before it. */
  seen(result: number): void {
    this.#habit = 'says';
    this.#forget(result);
  }

  #forget(result: number): void {
    const isSeen = ({ message }: Item): boolean =>
      message.type === 'final' && message.result <= result;
    for (let count = this.#items.findLastIndex(isSeen) + 1; count > 0; count--) this.#drop();
  }

  /** How long the oldest final is unseen by a device that says what it has seen; else 0. */
  unseenMs(nowMs: number): number {
    if (this.#habit === 'silent') return 0;
    const oldest = this.#items.find(({ message }) => message.type === 'final');
    return oldest === undefined ? 0 : nowMs - oldest.sentMs;
  }

  /** Whether all is here that a device lacks that has seen `result` and was told of `settled`. */
  reaches(result: number, settled: number): boolean {
    return result >= this.#gone.result && settled >= this.#gone.settled;
  }

  /** What such a device lacks. It is sent now; `issue` gives each message its token. */
  after(
    result: number,
    settled: number,
    nowMs: number,
    issue: (ticket: Ticket) => string,
  ): (Final | Gap)[] {
    this.#forget(result);
    const isLacking = ({ message, end }: Item): boolean =>
      message.type === 'final' || end > settled;
    return this.#items.filter(isLacking).map((item) => {
      item.sentMs = nowMs;
      return { ...item.message, resume: issue(item.ticket) };
    });
  }

  #drop(): void {
    const item = this.#items.shift();
    if (item === undefined) return;
    this.#bytes -= item.bytes;
    if (item.message.type === 'final') this.#gone.result = item.message.result;
    else this.#gone.settled = Math.max(this.#gone.settled, item.end);
  }
}
