/**
 * Ask: what one who wants a slot is told, and what it can do. `Slots` answers.
 */

/** Who wants a slot. */
export interface Wish {
  readonly fleet: string;
  /** The higher goes first. */
  readonly priority: number;
  /**
   * Milliseconds for which the slot will be needed once it is granted, and from then on for which it
   * still is; undefined while unknown. Only forecasts are made of it.
   */
  readonly leftMs?: () => number | undefined;
  /** Whether to be refused at once where the grant is forecast for after the longest wait. */
  readonly isNew?: boolean;
}

export interface Place {
  /** From 1. */
  readonly position: number;
  /** Milliseconds until the grant; null while unknown. */
  readonly etaMs: number | null;
}

export interface AskEvents {
  /** The slot is the asker's until it releases it, and one start of a stream is spent. Ends the ask. */
  onGranted(slot: Slot): void;
  /** On entry, unless a slot is free, and then at most every 2,000 ms when changed. */
  onQueued(place: Place): void;
  /** Waited `waitMsMax` in vain, gave its place to a shorter line, or the slots were closed. Ends the ask. */
  onExpired(retryAfterMs: number): void;
}

export interface Ask {
  /** Leaves the queue; a slot granted but not yet told goes back. After the end of the ask without effect. */
  cancel(): void;
}

export interface Slot {
  /** Gives the slot back; once. */
  release(): void;
}

/** No more may wait, or not so long. `retryAfterMs` (1,000..60,000): until those who wait now are served or gone. */
export interface Refusal {
  readonly retryAfterMs: number;
}
