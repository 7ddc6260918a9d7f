/**
 * Share: what a worker may have of what all workers share, and what it makes of it.
 *
 * It holds the worker's slots, overlaps and starts to its last lease, and tells the supervisor what is in
 * use and what more could be: at once after a lease, and else a few milliseconds after a change.
 */
import type { Clock, Timer } from '../clock.ts';
import type { StartSource } from '../speech/starts.ts';
import type { Lease, Usage } from './messages.ts';
import type { WatchedOverlaps, WatchedSlots } from './watched.ts';

/** Changes of so many milliseconds are told together. */
const TELL_MS = 5;

/** How soon starts may have come that were waited for. */
const LOOK_MS = 100;

const NO_LEASE: Lease = { seq: 0, slots: 0, overlaps: 0, starts: 0 };

export class Share implements StartSource {
  readonly #clock: Clock;
  readonly #tell: (usage: Usage) => void;
  #lease = NO_LEASE;
  #slots: WatchedSlots | undefined;
  #overlaps: WatchedOverlaps | undefined;
  #spent = 0;
  /** Starts that were asked for in vain since the last lease. */
  #wanted = 0;
  #quota = { served: 0, refused: 0 };
  #timer: Timer | undefined;

  constructor(clock: Clock, tell: (usage: Usage) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** From now on these follow the lease. They begin with none. */
  attach(slots: WatchedSlots, overlaps: WatchedOverlaps): void {
    this.#slots = slots;
    this.#overlaps = overlaps;
    this.follow(this.#lease);
  }

  /** Follows a lease, and says so. */
  follow(lease: Lease): void {
    this.#lease = lease;
    this.#slots?.setLimit(lease.slots);
    this.#overlaps?.setLimit(lease.overlaps);
    if (this.#left() > 0) this.#wanted = 0;
    this.#say();
  }

  /** Something that usage() tells of has changed, or is about to. */
  changed(): void {
    this.#timer ??= this.#clock.after(TELL_MS, () => this.#say());
  }

  /** Nothing more is told. */
  close(): void {
    this.#timer?.cancel();
  }

  /** The recognizer has served a stream. */
  served(): void {
    this.#quota.served += 1;
    this.changed();
  }

  /** The recognizer has refused a stream for its quota. */
  refused(): void {
    this.#quota.refused += 1;
    this.changed();
  }

  /** How many streams may start now. Whoever asks for none in vain is waiting for one. */
  left(): number {
    const left = this.#left();
    if (left > 0) return left;
    this.#wanted = 1;
    this.changed();
    return 0;
  }

  /** A guess, beyond those that are left: how soon to look again. */
  waitMs(count: number): number {
    return count <= this.left() ? 0 : LOOK_MS;
  }

  /** One has started. */
  take(): void {
    this.#spent += 1;
    this.changed();
  }

  #left(): number {
    const { starts } = this.#lease;
    return starts === null ? Number.POSITIVE_INFINITY : Math.max(0, starts - this.#spent);
  }

  #say(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const quota = this.#quota;
    this.#quota = { served: 0, refused: 0 };
    const slots = this.#slots;
    const overlaps = this.#overlaps;
    this.#tell({
      seq: this.#lease.seq,
      slots: { used: slots?.used ?? 0, waiting: slots?.depth ?? 0 },
      overlaps: { used: overlaps?.used ?? 0, waiting: overlaps?.wanted ?? 0 },
      starts: { spent: this.#spent, waiting: this.#wanted },
      quota,
    });
  }
}
