/**
 * Claim: whether a session may have recognizer streams, and start one now.
 *
 * It holds the session's slot, or its place among those that wait for one, and a second slot while one
 * stream takes over from another. A slot comes with one start. Each further stream needs another; when
 * there is none the slot goes back, so that nobody holds one for which no stream may start. Who was
 * refused for a quota waits before it queues again. States: state.ts.
 */
import { strict as assert } from 'node:assert';
import type { Ask, Slot } from '../speech/ask.ts';
import type { UpstreamState } from './state.ts';
import { UPSTREAM_NEXT } from './state.ts';
import type { UpstreamParts } from './upstream-parts.ts';

export interface ClaimEvents {
  /** There is a slot: mayStart() will say yes. */
  onGranted(): void;
  /** How long a slot is needed, from now on or once there is one; undefined while unknown. */
  leftMs(): number | undefined;
  onQueued(position: number, etaMs: number | null): void;
  /** No slot in time, or no room to wait for one. The claim is to be ended. */
  onRefused(retryAfterMs: number): void;
}

export interface ClaimParts
  extends Pick<UpstreamParts, 'clock' | 'fleet' | 'overlaps' | 'recognizer' | 'slots'> {
  readonly settlement: Pick<UpstreamParts['settlement'], 'settled'>;
}

/**
 * Before a conversation that was live goes on, others wait: newcomers, who are turned away where they would
 * wait too long; and those who have waited before, who are not.
 */
const PRIORITY = { newcomer: 0, waiting: 0, returning: 1 } as const;

/** A stream that lives so long is not refused for the quota any more. */
const REFUSED_MS = 500;

export class Claim {
  readonly #parts: ClaimParts;
  readonly #events: ClaimEvents;
  #state: UpstreamState = 'idle';
  #as: keyof typeof PRIORITY = 'newcomer';
  #held: Ask | Slot | undefined;
  /** The start that came with the slot. */
  #start: 'unspent' | 'spent' = 'spent';
  #overlap: Slot | undefined;
  #closedUntilMs = 0;
  /** Its place, as it was told. */
  #told = '';
  /** Whether a retry was spent on its last stream, which has said nothing yet. */
  #retry: 'none' | 'unanswered' = 'none';
  /** Whether the quota has refused its last stream, as far as is known. */
  #quota: 'gives' | 'refuses' = 'gives';

  constructor(parts: ClaimParts, events: ClaimEvents) {
    this.#parts = parts;
    this.#events = events;
  }

  get state(): UpstreamState {
    return this.#state;
  }

  /**
   * Whether the session's only stream may start now; spends a start, and a retry if it replaces one
   * that failed. If not for want of a slot or a start, the session queues; that may be refused at once.
   */
  mayStart(isRetry = false): boolean {
    if (this.#state === 'idle') this.#ask();
    if (this.#state !== 'live') return false;
    this.#as = 'returning';
    if (this.#start === 'unspent') {
      this.#start = 'spent';
      return true;
    }
    if (this.#take(isRetry)) return true;
    if (this.#parts.recognizer.starts?.left === 0) {
      this.free();
      this.#ask();
    }
    return false;
  }

  /** Whether mayStart() would find a start, if there is a slot. */
  get hasStart(): boolean {
    return this.#start === 'unspent' || this.#parts.recognizer.starts?.left !== 0;
  }

  /** Whether a stream that was opened at `openedMs` can be relied on: some are refused as soon as they are open. */
  isLive(openedMs: number): boolean {
    if (this.#state !== 'live') return false;
    if (this.#parts.clock.nowMs() - openedMs >= REFUSED_MS) this.#quota = 'gives';
    return this.#quota === 'gives';
  }

  /** The recognizer has said something of a stream; not that it is silent, which is heard without it. */
  answered(): void {
    this.#quota = 'gives';
    if (this.#retry === 'none') return;
    this.#retry = 'none';
    this.#parts.recognizer.starts?.answered();
  }

  /** Whether a stream that failed, one of `streams`, may be replaced now; as mayStart(), but one of two keeps its slot. */
  mayRetry(isCharged: boolean, streams: number): boolean {
    return streams > 1 ? this.#take(isCharged) : this.mayStart(isCharged);
  }

  /** Whether a second stream may start now, that takes over: takes a slot of the reserve, and a start. */
  overlap(): boolean {
    if (this.#state !== 'live' || this.#overlap !== undefined) return false;
    this.#overlap = this.#parts.overlaps.take();
    return this.#overlap !== undefined;
  }

  /** Gives the second slot back: one stream is left. */
  single(): void {
    this.#overlap?.release();
    this.#overlap = undefined;
  }

  /** Gives all slots back, if there are any. */
  free(): void {
    if (this.#state !== 'live' && this.#state !== 'parting') return;
    this.#become(this.#state === 'live' ? 'idle' : 'parted');
    this.#release();
  }

  /** Nobody listens: no stream may start until rejoin(). Leaves the queue; slots are kept until free(). */
  part(): void {
    const isLive = this.#state === 'live';
    this.#become(isLive ? 'parting' : 'parted');
    if (!isLive) this.#release();
  }

  /** Somebody else listens perhaps, who was told nothing yet. After part() streams may start again. */
  rejoin(): void {
    this.#told = '';
    if (this.#state === 'parting') this.#become('live');
    else if (this.#state === 'parted') this.#become('idle');
  }

  /** The quota gives no stream now: all slots go back, and for `waitMs` none is asked for. */
  giveWay(waitMs: number): void {
    this.free();
    this.close(waitMs);
    this.#quota = 'refuses';
    // Who was live goes before newcomers, so this is the worst place that it will be told.
    this.#tell(this.#parts.slots.depth + 1, null);
  }

  /** For `waitMs` no slot is asked for. */
  close(waitMs: number): void {
    this.#closedUntilMs = this.#parts.clock.nowMs() + waitMs;
  }

  /** Leaves the queue or gives all slots back, for good. */
  end(): void {
    this.#become('ended');
    this.#release();
  }

  #take(isRetry: boolean): boolean {
    const isTaken = this.#parts.recognizer.starts?.take(isRetry) ?? true;
    if (isTaken) this.#retry = isRetry ? 'unanswered' : 'none';
    return isTaken;
  }

  #ask(): void {
    const { slots, fleet, clock, settlement } = this.#parts;
    if (clock.nowMs() < this.#closedUntilMs) return;
    // Whoever has taken a session over from another process goes on with it.
    if (settlement.settled > 0) this.#as = 'returning';
    this.#become('queued');
    const isNew = this.#as === 'newcomer';
    if (isNew) this.#as = 'waiting';
    const answer = slots.ask(
      { fleet, priority: PRIORITY[this.#as], leftMs: () => this.#events.leftMs(), isNew },
      {
        onGranted: (slot) => {
          this.#held = slot;
          this.#start = 'unspent';
          this.#told = '';
          this.#become('live');
          this.#events.onGranted();
        },
        onQueued: ({ position, etaMs }) => this.#tell(position, etaMs),
        onExpired: (retryAfterMs) => this.#refused(retryAfterMs),
      },
    );
    if ('cancel' in answer) this.#held = answer;
    else this.#refused(answer.retryAfterMs);
  }

  /** Not again what it was told before. */
  #tell(position: number, etaMs: number | null): void {
    const place = `${position} ${etaMs}`;
    if (place === this.#told) return;
    this.#told = place;
    this.#events.onQueued(position, etaMs);
  }

  #refused(retryAfterMs: number): void {
    this.#held = undefined;
    this.#events.onRefused(retryAfterMs);
  }

  #release(): void {
    this.single();
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    if ('cancel' in held) held.cancel();
    else held.release();
  }

  #become(state: UpstreamState): void {
    assert(UPSTREAM_NEXT[this.#state].includes(state), `${this.#state} then ${state}`);
    this.#state = state;
  }
}
