/**
 * Relief: looks every second at what the process has to do, and acts on it.
 *
 * The delay of the event loop is how late a timer is, in the median of a second: one long pause is no
 * overload. Interims and new sessions are the door's; windows and sessions to shed are done here.
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
  /** Of the heap that this process may have, how much it has: 0..1. */
  readonly heapShare: () => number;
}

const SAMPLE_MS = 100;
/** Samples of a look. */
const SAMPLES = 10;
/** Of a window, while windows are shrunk. */
const WINDOW_SHARE = 0.25;
/** Of all sessions, shed at a look. */
const SHED_SHARE = 0.05;
/** When those that are shed may come again: spread, so that they don't all at once. */
const RETRY_MS = { min: 5_000, spread: 10_000 } as const;

export class Relief {
  readonly #parts: ReliefParts;
  #delaysMs: number[] = [];
  #timer: Timer | undefined;

  constructor(parts: ReliefParts) {
    this.#parts = parts;
    this.#sample();
  }

  close(): void {
    this.#timer?.cancel();
  }

  #sample(): void {
    const { clock } = this.#parts;
    const dueMs = clock.nowMs() + SAMPLE_MS;
    this.#timer = clock.after(SAMPLE_MS, () => {
      this.#delaysMs.push(Math.max(0, clock.nowMs() - dueMs));
      if (this.#delaysMs.length === SAMPLES) this.#look();
      this.#sample();
    });
  }

  #look(): void {
    const { overload, heapShare, metrics, budget, log } = this.#parts;
    const before = overload.level;
    const delayMs = this.#delaysMs.sort((a, b) => a - b)[SAMPLES / 2] ?? 0;
    this.#delaysMs = [];
    const load = { delayMs, heapShare: heapShare() };
    overload.look(load);
    const { level } = overload;
    metrics.overload = LEVELS.indexOf(level);
    budget.squeeze(overload.does('shrink') ? WINDOW_SHARE : 1);
    if (level !== before) log.warn({ level, before, ...load }, 'the level of overload has changed');
    if (overload.does('shed')) this.#shed();
  }

  #shed(): void {
    const { registry, metrics, random } = this.#parts;
    const message = 'this server has too much to do, expected the session elsewhere or later';
    for (const session of registry.newest(Math.ceil(registry.size * SHED_SHARE))) {
      metrics.sessionsShed += 1;
      const retryAfterMs = RETRY_MS.min + Math.round(random() * RETRY_MS.spread);
      session.end({ code: 'overloaded', message, retryAfterMs });
    }
  }
}
