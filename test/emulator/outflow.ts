/**
 * Outflow: what a stream has to say, held back until its time and never overtaken.
 *
 * Each item waits for its own latency and for all items before it, as in a recognizer that works
 * through its audio. Nothing is said inside the call that adds it.
 */
import type { Clock, Timer } from '../../src/clock.ts';

interface Item {
  readonly dueMs: number;
  readonly run: () => void;
}

export class Outflow {
  readonly #clock: Clock;
  readonly #itemsMax: number;
  #items: Item[] = [];
  #lastDueMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, itemsMax: number) {
    this.#clock = clock;
    this.#itemsMax = itemsMax;
  }

  /** False when `itemsMax` are waiting already: this one is dropped. */
  add(latencyMs: number, run: () => void): boolean {
    if (this.#items.length === this.#itemsMax) return false;
    const dueMs = Math.max(this.#lastDueMs, this.#clock.nowMs() + latencyMs);
    this.#lastDueMs = dueMs;
    this.#items.push({ dueMs, run });
    if (this.#timer === undefined) this.#wait();
    return true;
  }

  /** Moves all that is added from now on, and so what comes after it, later by `ms`. */
  delay(ms: number): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, this.#clock.nowMs()) + ms;
  }

  /** Says nothing of what waits, and forgets all delay. */
  clear(): void {
    this.#items = [];
    this.#lastDueMs = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(): void {
    const [first] = this.#items;
    if (first === undefined) return;
    this.#timer = this.#clock.after(Math.max(0, first.dueMs - this.#clock.nowMs()), () => {
      this.#timer = undefined;
      this.#flow();
    });
  }

  #flow(): void {
    for (let [first] = this.#items; first !== undefined; [first] = this.#items) {
      if (first.dueMs > this.#clock.nowMs()) break;
      this.#items.shift();
      first.run();
    }
    if (this.#timer === undefined) this.#wait();
  }
}
