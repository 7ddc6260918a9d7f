/**
 * Pace: how far ahead of real time audio may run.
 *
 * A token bucket whose token is one millisecond of audio. It refills faster than real time, so live
 * speech never waits; audio that comes in a heap (a replay, a file) is spread out.
 */
import { strict as assert } from 'node:assert';

export interface PaceLimits {
  /** Milliseconds of audio that may go at once. */
  readonly paceBurstMs: number;
  /** Milliseconds of audio a millisecond, after the burst. */
  readonly paceSpeed: number;
}

export class Pace {
  readonly #limits: PaceLimits;
  readonly #sampleRateHertz: number;
  #creditMs: number;
  #refilledAtMs: number;

  constructor(limits: PaceLimits, sampleRateHertz: number, nowMs: number) {
    assert(limits.paceBurstMs > 0 && limits.paceSpeed > 0);
    this.#limits = limits;
    this.#sampleRateHertz = sampleRateHertz;
    this.#creditMs = limits.paceBurstMs;
    this.#refilledAtMs = nowMs;
  }

  /**
   * Spends `samples` and answers true, or spends nothing. Audio may overdraw the bucket as long as
   * there is credit at all: a frame longer than the burst passes too, and is paid for afterwards.
   */
  take(samples: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#creditMs <= 0) return false;
    this.#creditMs -= (samples * 1000) / this.#sampleRateHertz;
    return true;
  }

  /** How long `samples` would take from now, in milliseconds. */
  waitMs(samples: number, nowMs: number): number {
    this.#refill(nowMs);
    const audioMs = (samples * 1000) / this.#sampleRateHertz;
    return Math.max(0, (audioMs - this.#creditMs) / this.#limits.paceSpeed);
  }

  #refill(nowMs: number): void {
    const earnedMs = (nowMs - this.#refilledAtMs) * this.#limits.paceSpeed;
    this.#creditMs = Math.min(this.#limits.paceBurstMs, this.#creditMs + earnedMs);
    this.#refilledAtMs = nowMs;
  }
}
