/**
 * Finish limit: how long a session that has said `finish` may stay unsettled.
 *
 * It runs from the moment at which the last audio will have been sent, and begins anew with each stream
 * that is finished.
 */
import type { UpstreamParts } from './upstream-parts.ts';

export class FinishLimit {
  readonly #parts: Pick<UpstreamParts, 'limits' | 'pace' | 'tape'>;
  #dueMs: number | undefined;

  constructor(parts: Pick<UpstreamParts, 'limits' | 'pace' | 'tape'>) {
    this.#parts = parts;
  }

  /** A stream was finished. */
  begin(nowMs: number): void {
    this.#dueMs = nowMs + this.#parts.limits.finishMsMax;
  }

  clear(): void {
    this.#dueMs = undefined;
  }

  /** Whether all that is on the tape, read up to `at`, has to be given up now. */
  isOver(at: number, nowMs: number): boolean {
    const { tape, limits, pace } = this.#parts;
    if (tape.at(tape.endIndex - 1)?.kind !== 'finish') {
      this.clear();
      return false;
    }
    this.#dueMs ??=
      nowMs + pace.waitMs(tape.audioBetween(at, tape.end), nowMs) + limits.finishMsMax;
    return nowMs >= this.#dueMs;
  }
}
