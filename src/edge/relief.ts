/**
 * Relief: looks every second at what the process has to do, and acts on it.
 *
 * The delay of the event loop is how late a timer is, in the median of a second, or of two timers where they
 * are later than that: one long pause is no overload. Interims and new sessions are the door's; windows and sessions to shed are done here.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Registry } from '../session/registry.ts';
import type { TapeBudget } from '../session/window.ts';
import type { Overload } from './overload.ts';
import { LEVELS } from './overload.ts';

export interface ReliefParts {
  readonly clock: Clock;
  /** 0..1 */
  readonly random: () => number;
  readonly overload: Overload;
  readonly registry: Registry;
  readonly budget: TapeBudget;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Of the memory that this process may have, how much it has: from 0. */
  readonly memoryShare: () => number;
}

const SAMPLE_MS = 100;
const LOOK_MS = 1_000;
/** Of a look. */
const SAMPLES_MIN = 2;
/** Of a window, while windows are shrunk. */
const WINDOW_SHARE = 0.25;
/** Of all sessions, shed in a second. */
const SHED_SHARE = 0.05;
/** When those that are shed may come again: spread, so that they don't all at once. */
const RETRY_MS = { min: 5_000, spread: 10_000 } as const;

export class Relief {
  readonly #parts: ReliefParts;
  #delaysMs: number[] = [];
  #timer: Timer | undefined;
  #lookedMs: number;

  constructor(parts: ReliefParts) {
    this.#parts = parts;
    this.#lookedMs = parts.clock.nowMs();
    this.#sample();
  }

  close(): void {
    this.#timer?.cancel();
  }

  #sample(): void {
    const { clock } = this.#parts;
    const dueMs = clock.nowMs() + SAMPLE_MS;
    this.#timer = clock.after(SAMPLE_MS, () => {
      const nowMs = clock.nowMs();
      const delayMs = Math.max(0, nowMs - dueMs);
      this.#delaysMs.push(delayMs);
      this.#parts.metrics.loopDelay.observe(delayMs / 1000);
      const passedMs = nowMs - this.#lookedMs;
      if (passedMs >= LOOK_MS && this.#delaysMs.length >= SAMPLES_MIN) {
        this.#lookedMs = nowMs;
        this.#look(passedMs);
      }
      this.#sample();
    });
  }

  #look(passedMs: number): void {
    const { overload, memoryShare, metrics, budget, log } = this.#parts;
    const before = overload.level;
    const sorted = this.#delaysMs.sort((a, b) => a - b);
    const delayMs = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
    this.#delaysMs = [];
    const load = { delayMs, memoryShare: memoryShare() };
    overload.look(load);
    const { level } = overload;
    metrics.overload = LEVELS.indexOf(level);
    metrics.loopDelaySeconds = delayMs / 1000;
    budget.squeeze(overload.does('shrink') ? WINDOW_SHARE : 1);
    if (level !== before) log.warn({ level, before, ...load }, 'the level of overload has changed');
    if (overload.does('shed')) this.#shed((SHED_SHARE * passedMs) / LOOK_MS);
  }

  /** `share` of the sessions. */
  #shed(share: number): void {
    const { registry, metrics, random } = this.#parts;
    const message = 'this server has too much to do, expected the session elsewhere or later';
    for (const session of registry.newest(Math.ceil(registry.size * share))) {
      metrics.sessionsShed += 1;
      const retryAfterMs = RETRY_MS.min + Math.round(random() * RETRY_MS.spread);
      session.end({ code: 'overloaded', message, retryAfterMs });
    }
  }
}
