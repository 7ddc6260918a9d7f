/**
 * Turnstile: lets asks through in their turn, as long as slots are free and starts are left.
 *
 * p-queue counts the slots and knows when the next one may pass, `Turns` says who that is. A start is
 * spent by whoever passes, so that no slot is held by one who may not start a stream; while none is
 * left p-queue stands still, and goes on by the one timer in here, or with the next setLimit().
 */
import assert from 'node:assert/strict';
import PQueue from 'p-queue';
import type { Clock, Timer } from '../clock.ts';
import type { Starts } from './starts.ts';
import type { TurnOptions } from './turns.ts';
import { Turns } from './turns.ts';

export class Turnstile {
  readonly turns = new Turns();
  readonly #clock: Clock;
  readonly #starts: Starts | undefined;
  readonly #queue: PQueue<Turns, TurnOptions>;
  #limit = 0;
  #opening: Timer | undefined;

  /** `starts` undefined: any number. */
  constructor(clock: Clock, starts: Starts | undefined) {
    this.#clock = clock;
    this.#starts = starts;
    // p-queue makes its own queue by `new`; this way it is the one we hold.
    const queueClass = new Proxy(Turns, { construct: () => this.turns });
    this.#queue = new PQueue<Turns, TurnOptions>({ queueClass, autoStart: false, concurrency: 1 });
    starts?.watch(() => this.#look());
  }

  get limit(): number {
    return this.#limit;
  }

  /** Counts from now on. 0..2^53. */
  setLimit(limit: number): void {
    assert(Number.isSafeInteger(limit) && limit >= 0, `slotsMax is ${limit}`);
    this.#limit = limit;
    this.#queue.concurrency = Math.max(1, limit); // p-queue knows no 0
    this.#look();
  }

  /** How many more may pass now, when `used` have and are not back. */
  free(used: number): number {
    return Math.max(0, Math.min(this.#limit - used, this.#starts?.stock ?? this.#limit));
  }

  /** Milliseconds until so many starts more can have been spent; null while unknown. */
  startsMs(count: number): number | null {
    const waitMs = this.#starts === undefined ? 0 : this.#starts.waitMs(count);
    return waitMs === null ? null : Math.ceil(waitMs);
  }

  /** Runs `pass` in its turn, perhaps at once: its slot is free again when the promise settles, which never rejects. */
  enter(pass: () => Promise<void>, options: TurnOptions): void {
    this.#look();
    void this.#queue.add(() => {
      this.#starts?.take();
      return pass();
    }, options);
    this.#look();
  }

  /** Nobody waits any more. */
  rest(): void {
    this.#opening?.cancel();
    this.#opening = undefined;
  }

  #look(): void {
    const startsMs = this.startsMs(1);
    const hasStarts = startsMs === 0;
    if (this.#limit === 0 || !hasStarts) this.#queue.pause();
    else this.#queue.start();
    if (hasStarts || startsMs === null || this.turns.size === 0) return;
    this.#opening ??= this.#clock.after(startsMs, () => {
      this.#opening = undefined;
      this.#look();
    });
  }
}
