/**
 * Share: what a worker may have of what all workers share, and what it makes of it.
 *
 * It holds the worker's slots, overlaps and starts to its last lease, and tells the supervisor what is in
 * use and what more could be: at once after a lease, and else a few milliseconds after a change. One
 * message is on its way at a time, so that a supervisor that doesn't read costs no memory.
 */
import type { Clock, Timer } from '../clock.ts';
import type { StartSource } from '../speech/starts.ts';
import type { Lease, Usage } from './messages.ts';
import type { WatchedOverlaps, WatchedSlots } from './watched.ts';

/** Changes of so many milliseconds are told together. */
const TELL_MS = 5;

const NO_LEASE: Lease = { seq: 0, slots: 0, overlaps: 0, starts: 0 };

export class Share implements StartSource {
  readonly #clock: Clock;
  readonly #tell: (usage: Usage) => Promise<void>;
  #lease = NO_LEASE;
  #slots: WatchedSlots | undefined;
  #overlaps: WatchedOverlaps | undefined;
  #spent = 0;
  /** 1 when a start was asked for in vain and none has been to be had since, else 0. */
  #wanted = 0;
  #quota = { served: 0, refused: 0 };
  #timer: Timer | undefined;
  /** Behind: one message is on its way, and there is something to tell since. */
  #way: 'free' | 'taken' | 'behind' = 'free';

  /** `tell` resolves when the message has gone out. */
  constructor(clock: Clock, tell: (usage: Usage) => Promise<void>) {
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
    if (this.left() > 0) this.#wanted = 0;
    this.#say();
  }

  /** Something that usage() tells of has changed, or is about to. */
  changed(): void {
    this.#timer ??= this.#clock.after(TELL_MS, () => this.#say());
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

  /** How many streams may start now. */
  left(): number {
    const { starts } = this.#lease;
    return starts === null ? Number.POSITIVE_INFINITY : Math.max(0, starts - this.#spent);
  }

  /** While some are left more are likely to follow; else only the supervisor knows. A lease that brings some says so. */
  waitMs(): number | null {
    return this.left() > 0 ? 0 : null;
  }

  /** A stream would start that has no slot to wait for: another is to follow one that is still heard. */
  want(): void {
    this.#wanted = 1;
    this.changed();
  }

  /** One has started. */
  take(): void {
    this.#spent += 1;
    this.changed();
  }

  /** How many streams would start now, if they might. */
  get #waiting(): number {
    const slots = this.#slots;
    if (slots === undefined) return this.#wanted;
    return Math.max(this.#wanted, Math.min(slots.depth, slots.limit - slots.used));
  }

  #say(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#way === 'free') {
      this.#way = 'taken';
      void this.#tell(this.#usage()).then(() => this.#said());
    } else this.#way = 'behind';
  }

  #said(): void {
    const isBehind = this.#way === 'behind';
    this.#way = 'free';
    if (isBehind) this.#say();
  }

  #usage(): Usage {
    const quota = this.#quota;
    this.#quota = { served: 0, refused: 0 };
    const slots = this.#slots;
    const overlaps = this.#overlaps;
    return {
      seq: this.#lease.seq,
      slots: { used: slots?.used ?? 0, waiting: slots?.depth ?? 0 },
      overlaps: { used: overlaps?.used ?? 0, waiting: overlaps?.wanted ?? 0 },
      starts: { spent: this.#spent, waiting: this.#waiting },
      quota,
    };
  }
}
