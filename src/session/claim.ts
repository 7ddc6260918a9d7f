/**
 * Claim: a session's slot, or its place among those that wait for one.
 */
import type { Overlaps } from '../speech/overlaps.ts';
import type { Ask, Slot, Slots } from '../speech/slots.ts';

export interface ClaimEvents {
  onGranted(): void;
  onQueued(position: number, etaMs: number | null): void;
  /** No slot in time, or no room to wait for one. */
  onRefused(retryAfterMs: number): void;
}

/** Before a conversation that was live goes on, a newcomer waits. */
const PRIORITY = { newcomer: 0, returning: 1 } as const;

export class Claim {
  readonly #slots: Slots;
  readonly #overlaps: Overlaps;
  readonly #fleet: string;
  readonly #events: ClaimEvents;
  #held: Ask | Slot | undefined;
  #overlap: Slot | undefined;

  constructor(slots: Slots, overlaps: Overlaps, fleet: string, events: ClaimEvents) {
    this.#slots = slots;
    this.#overlaps = overlaps;
    this.#fleet = fleet;
    this.#events = events;
  }

  /** Asks for a slot; must not be called while one is asked for or held. May refuse at once. */
  ask(as: keyof typeof PRIORITY): void {
    const answer = this.#slots.ask(
      { fleet: this.#fleet, priority: PRIORITY[as] },
      {
        onGranted: (slot) => {
          this.#held = slot;
          this.#events.onGranted();
        },
        onQueued: ({ position, etaMs }) => this.#events.onQueued(position, etaMs),
        onExpired: (retryAfterMs) => this.#refused(retryAfterMs),
      },
    );
    if ('cancel' in answer) this.#held = answer;
    else this.#refused(answer.retryAfterMs);
  }

  /** Takes a second slot of the reserve for a stream that takes over. False: there is none now. */
  overlap(): boolean {
    if (this.#overlap !== undefined) return false;
    this.#overlap = this.#overlaps.take();
    return this.#overlap !== undefined;
  }

  /** Gives the second slot back: one stream is left. */
  single(): void {
    this.#overlap?.release();
    this.#overlap = undefined;
  }

  /** Leaves the queue or gives all slots back; with neither, does nothing. */
  free(): void {
    this.single();
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    if ('cancel' in held) held.cancel();
    else held.release();
  }

  #refused(retryAfterMs: number): void {
    this.#held = undefined;
    this.#events.onRefused(retryAfterMs);
  }
}
