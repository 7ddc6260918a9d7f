/**
 * Gate: whether a session may ask for a slot and open a stream now, as far as others are concerned.
 *
 * Who was refused for a quota waits before it queues again. And the recognizer has a say: all sessions
 * of the process share what it may start in a minute.
 */
import type { Clock } from '../clock.ts';
import type { Recognizer } from '../speech/recognizer.ts';

export class Gate {
  readonly #recognizer: Recognizer;
  readonly #clock: Clock;
  #closedUntilMs = 0;

  constructor(recognizer: Recognizer, clock: Clock) {
    this.#recognizer = recognizer;
    this.#clock = clock;
  }

  /** Whether it is too soon to ask for a slot. */
  get waits(): boolean {
    return this.#clock.nowMs() < this.#closedUntilMs;
  }

  close(waitMs: number): void {
    this.#closedUntilMs = this.#clock.nowMs() + waitMs;
  }

  /** Spends one start of a stream; false: not now. */
  pass(): boolean {
    return this.#recognizer.mayOpen?.(false) ?? true;
  }
}
