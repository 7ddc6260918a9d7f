/**
 * Backlog: audio that was given to the driver and has not left, and how long none of it does.
 */
import type { Clock, Timer } from '../../clock.ts';

/** More than that is too much, until half of it is left. */
const HIGH_MS = 5_000;
/** How long it may stay too much. */
export const STALL_MS_MAX = 8_000;

export class Backlog {
  readonly #clock: Clock;
  readonly #highBytes: number;
  readonly #onStalled: () => void;
  #bytes = 0;
  /** There while it is too much. */
  #stall: Timer | undefined;

  constructor(clock: Clock, bytesPerMs: number, onStalled: () => void) {
    this.#clock = clock;
    this.#highBytes = HIGH_MS * bytesPerMs;
    this.#onStalled = onStalled;
  }

  /** Nothing more should be given. */
  get isHigh(): boolean {
    return this.#stall !== undefined;
  }

  give(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#highBytes) return;
    this.#stall ??= this.#clock.after(STALL_MS_MAX, this.#onStalled);
  }

  /** So much has left. Answers whether it was high until now. */
  leave(bytes: number): boolean {
    this.#bytes -= bytes;
    if (this.#stall === undefined || this.#bytes > this.#highBytes / 2) return false;
    this.end();
    return true;
  }

  /** Waits for nothing any more. */
  end(): void {
    this.#stall?.cancel();
    this.#stall = undefined;
  }
}
