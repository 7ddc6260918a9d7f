/**
 * Finish limit: how long a session that has said `finish` may stay unsettled.
 *
 * It runs from the moment at which the last audio will have been sent, and begins anew with each stream
 * that is finished.
 */
import type { UpstreamParts } from './upstream-parts.ts';

/** A stream that has heard all takes about so long to end. */
const ENDING_MS = 300;

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
    const sentMs = this.#sentMs(at, nowMs);
    if (sentMs === undefined) {
      this.clear();
      return false;
    }
    this.#dueMs ??= nowMs + sentMs + this.#parts.limits.finishMsMax;
    return nowMs >= this.#dueMs;
  }

  /** About how long a stream is needed for what is on the tape, read up to `at`; undefined if more may follow. */
  leftMs(at: number, nowMs: number): number | undefined {
    const sentMs = this.#sentMs(at, nowMs);
    return sentMs === undefined ? undefined : sentMs + ENDING_MS;
  }

  /** Until the last audio will have been sent; undefined if more may follow. */
  #sentMs(at: number, nowMs: number): number | undefined {
    const { tape, pace } = this.#parts;
    if (!tape.isFinished) return undefined;
    return pace.waitMs(tape.audioBetween(at, tape.end), nowMs);
  }
}
