/**
 * Keepalive: finds a peer that is there no more, by pings that it does not answer.
 *
 * It pings only while there are calls: more often Google answers with GOAWAY. What was long without
 * calls is pinged as soon as it has one.
 */
import type { Clock, Timer } from '../../../clock.ts';

/** More often Google answers with GOAWAY. */
const PING_MS = 30_000;
const ANSWER_MS_MAX = 10_000;

export interface KeepaliveParts {
  readonly clock: Clock;
  /** Whether there are calls. */
  readonly isNeeded: () => boolean;
  /** Sends a ping; false when it can't be sent. */
  readonly ping: (onAnswer: () => void) => boolean;
  /** The last that is said: nobody answers. */
  readonly onDead: () => void;
}

export class Keepalive {
  readonly #parts: KeepaliveParts;
  /** When the peer was last known to be there. */
  #aliveMs: number;
  #state: 'resting' | 'counting' | 'pinging' | 'over' = 'resting';
  #timer: Timer | undefined;

  constructor(parts: KeepaliveParts) {
    this.#parts = parts;
    this.#aliveMs = parts.clock.nowMs();
  }

  /** There are calls. */
  begin(): void {
    if (this.#state !== 'resting') return;
    const { clock } = this.#parts;
    this.#state = 'counting';
    const waitMs = Math.max(0, this.#aliveMs + PING_MS - clock.nowMs());
    this.#timer = clock.after(waitMs, () => this.#ping());
  }

  /** There are none. */
  rest(): void {
    if (this.#state !== 'counting') return;
    this.#timer?.cancel();
    this.#state = 'resting';
  }

  end(): void {
    this.#timer?.cancel();
    this.#state = 'over';
  }

  #ping(): void {
    const { clock, ping } = this.#parts;
    this.#state = 'pinging';
    this.#timer = clock.after(ANSWER_MS_MAX, () => this.#die());
    if (!ping(() => this.#answered())) this.#die();
  }

  #answered(): void {
    if (this.#state !== 'pinging') return;
    this.#timer?.cancel();
    this.#aliveMs = this.#parts.clock.nowMs();
    this.#state = 'resting';
    if (this.#parts.isNeeded()) this.begin();
  }

  #die(): void {
    this.end();
    this.#parts.onDead();
  }
}
