/**
 * Backlog: audio that was given to the driver and has not left, and how slowly it does.
 *
 *   caught up ──above HIGH_MS──▶ behind: each STALL_MS_MAX enough has to leave ──nothing left──▶ caught up
 *
 * What a driver was given takes memory beside the tape, which holds it too: so it is given little.
 */
import type { Clock, Timer } from '../../clock.ts';

/** More than that is too much, until half of it is left. A connection in order holds a chunk or two. */
const HIGH_MS = 300;
/** How long a stream that is behind may take for PROGRESS_MS of audio. */
export const STALL_MS_MAX = 8_000;
/** Slower than a third of speech a stream would never catch up: another one may. */
const PROGRESS_MS = 2_500;

export class Backlog {
  readonly #clock: Clock;
  readonly #highBytes: number;
  readonly #progressBytes: number;
  readonly #onStalled: () => void;
  #bytes = 0;
  #isHigh = false;
  /** What has left since the timer began. */
  #leftBytes = 0;
  /** There while it is behind. */
  #stall: Timer | undefined;

  constructor(clock: Clock, bytesPerMs: number, onStalled: () => void) {
    this.#clock = clock;
    this.#highBytes = HIGH_MS * bytesPerMs;
    this.#progressBytes = PROGRESS_MS * bytesPerMs;
    this.#onStalled = onStalled;
  }

  /** Nothing more should be given. */
  get isHigh(): boolean {
    return this.#isHigh;
  }

  give(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#highBytes) return;
    this.#isHigh = true;
    if (this.#stall === undefined) this.#watch();
  }

  /** So much has left. Answers whether it was high until now. */
  leave(bytes: number): boolean {
    this.#bytes -= bytes;
    this.#leftBytes += bytes;
    if (this.#bytes === 0) this.end();
    if (!this.#isHigh || this.#bytes > this.#highBytes / 2) return false;
    this.#isHigh = false;
    return true;
  }

  /** Waits for nothing any more. */
  end(): void {
    this.#stall?.cancel();
    this.#stall = undefined;
  }

  #watch(): void {
    this.#leftBytes = 0;
    this.#stall = this.#clock.after(STALL_MS_MAX, () => {
      if (this.#leftBytes >= this.#progressBytes) this.#watch();
      else this.#onStalled();
    });
  }
}
