/**
 * Thinned: a sink that, while it has to, lets an interim through only now and then.
 *
 * An interim is replaced by the next one and by the final, so nothing is lost but liveliness.
 */
import type { Clock } from '../clock.ts';
import type { Sink } from '../session/surroundings.ts';
import type { ServerMessage } from '../wire/message.ts';

/** Between two interims. */
const INTERIM_MS_MIN = 1_000;

export class Thinned implements Sink {
  readonly #sink: Sink;
  readonly #clock: Clock;
  readonly #isThin: () => boolean;
  #interimMs = Number.NEGATIVE_INFINITY;

  constructor(sink: Sink, clock: Clock, isThin: () => boolean) {
    this.#sink = sink;
    this.#clock = clock;
    this.#isThin = isThin;
  }

  send(message: ServerMessage): boolean {
    if (message.type === 'interim') {
      const nowMs = this.#clock.nowMs();
      if (this.#isThin() && nowMs - this.#interimMs < INTERIM_MS_MIN) return true;
      this.#interimMs = nowMs;
    }
    return this.#sink.send(message);
  }

  close(code: number, reason: string): void {
    this.#sink.close(code, reason);
  }
}
