/**
 * Leases: all that the workers share: slots, the reserve for overlaps, and starts (pure).
 *
 * It owns the limit of streams, and follows what the recognizer says of its quota. A worker has one lease
 * for all three, and gets the next when it has confirmed the last.
 */
import { StreamLimit } from '../speech/limit.ts';
import { reserveOf } from '../speech/overlaps.ts';
import { Blocks } from './blocks.ts';
import type { Lease, Usage } from './messages.ts';
import { StartLeases } from './start-leases.ts';

export interface LeaseLimits {
  /** Streams at once, the reserve included. */
  readonly streamsMax: number;
  /** Whether streams are replaced while they are heard: then some are kept for that. */
  readonly rotates: boolean;
  /** 0: any number. */
  readonly startsPerMinuteMax: number;
}

export class Leases<W> {
  readonly #limit: StreamLimit;
  readonly #rotates: boolean;
  readonly #slots: Blocks<W>;
  readonly #overlaps: Blocks<W>;
  readonly #starts: StartLeases<W> | undefined;
  /** The seq of each worker's last lease. */
  readonly #seqs = new Map<W, number>();

  constructor({ streamsMax, rotates, startsPerMinuteMax }: LeaseLimits) {
    this.#limit = new StreamLimit(streamsMax);
    this.#rotates = rotates;
    const reserve = this.#reserve();
    this.#slots = new Blocks(streamsMax - reserve);
    this.#overlaps = new Blocks(reserve);
    this.#starts = startsPerMinuteMax === 0 ? undefined : new StartLeases(startsPerMinuteMax);
  }

  /** Streams that may be open at once now. */
  get streamLimit(): number {
    return this.#limit.value;
  }

  /** A worker that holds nothing yet. */
  join(worker: W): void {
    this.#seqs.set(worker, 0);
    this.#slots.add(worker);
    this.#overlaps.add(worker);
    this.#starts?.add(worker);
  }

  /** A worker that is no more. Without effect for one that never joined. */
  leave(worker: W, nowMs: number): void {
    this.#seqs.delete(worker);
    this.#slots.remove(worker);
    this.#overlaps.remove(worker);
    this.#starts?.remove(worker, nowMs);
  }

  report(worker: W, { seq, slots, overlaps, starts, quota }: Usage, nowMs: number): void {
    const isConfirmed = this.#seqs.get(worker) === seq;
    this.#slots.report(worker, slots, isConfirmed);
    this.#overlaps.report(worker, overlaps, isConfirmed);
    this.#starts?.report(worker, starts, isConfirmed, nowMs);
    this.#adapt(quota, nowMs);
  }

  /** The leases to send now. */
  due(nowMs: number): [W, Lease][] {
    const moved = new Set<W>();
    const plans = [this.#slots.plan(), this.#overlaps.plan(), this.#starts?.plan(nowMs) ?? []];
    for (const worker of plans.flat()) moved.add(worker);
    return [...moved].map((worker) => [worker, this.#next(worker)]);
  }

  /** Milliseconds until due() may say more without a report; undefined: never. */
  waitMs(nowMs: number): number | undefined {
    return this.#starts?.waitMs(nowMs);
  }

  #next(worker: W): Lease {
    const seq = (this.#seqs.get(worker) ?? 0) + 1;
    this.#seqs.set(worker, seq);
    return {
      seq,
      slots: this.#slots.leased(worker),
      overlaps: this.#overlaps.leased(worker),
      starts: this.#starts?.leased(worker) ?? null,
    };
  }

  #adapt({ served, refused }: Usage['quota'], nowMs: number): void {
    const before = this.#limit.value;
    const streams = this.#slots.used + this.#overlaps.used;
    for (let n = 0; n < served; n += 1) this.#limit.served(nowMs, streams);
    // Those that were refused hold nothing any more.
    for (let n = refused; n > 0; n -= 1) this.#limit.refused(nowMs, streams + n);
    if (this.#limit.value === before) return;
    const reserve = this.#reserve();
    this.#slots.setLimit(this.#limit.value - reserve);
    this.#overlaps.setLimit(reserve);
  }

  #reserve(): number {
    return this.#rotates ? reserveOf(this.#limit.value) : 0;
  }
}
