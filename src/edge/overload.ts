/**
 * Overload: what a process that has too much to do gives up, and in which order (pure).
 *
 *   normal   nothing
 *   thin     of interims, most
 *   shrink   windows: phones keep audio back
 *   refuse   new sessions
 *   shed     the newest sessions, some each second
 * Frames are never given up. It rises by one step a look, so that the milder ones have time to work,
 * and falls by one after several looks at which there was clearly less to do.
 */

export const LEVELS = ['normal', 'thin', 'shrink', 'refuse', 'shed'] as const;
export type Level = (typeof LEVELS)[number];

/** What a process had to do lately. */
export interface Load {
  /** How late its timers were. */
  readonly delayMs: number;
  /** Of the memory that it may have, from 0. */
  readonly memoryShare: number;
}

/** From what delay on each level is due, as a part of the one from which new sessions are refused. */
const DELAY_PARTS = [0, 0.25, 0.5, 1, 2] as const;
const MEMORY_SHARES = [0, 0.75, 0.8, 0.85, 0.9] as const;
/** Clearly less than what the level is due from: of the delay a part, of memory a difference, since it shrinks by little. */
const CALM = { delayPart: 0.7, memoryLess: 0.05 } as const;
const NOT_CALM = { delayPart: 1, memoryLess: 0 } as const;
/** Looks in a row. */
const CALM_LOOKS = 3;

export class Overload {
  readonly #delayMsMax: number;
  #at = 0;
  #calmLooks = 0;

  /** `delayMsMax`: from here on new sessions are refused. */
  constructor(delayMsMax: number) {
    this.#delayMsMax = delayMsMax;
  }

  get level(): Level {
    return LEVELS[this.#at] ?? 'normal';
  }

  /** Whether this is given up, by itself or because more is. */
  does(level: Level): boolean {
    return this.#at >= LEVELS.indexOf(level);
  }

  /** Once a second. */
  look(load: Load): void {
    const isCalm = this.#due(load, CALM) < this.#at;
    this.#calmLooks = isCalm ? this.#calmLooks + 1 : 0;
    if (this.#due(load, NOT_CALM) > this.#at) this.#at += 1;
    else if (this.#calmLooks >= CALM_LOOKS) {
      this.#at -= 1;
      this.#calmLooks = 0;
    }
  }

  /** The highest level that is due, by this measure. */
  #due(
    { delayMs, memoryShare }: Load,
    { delayPart, memoryLess }: typeof CALM | typeof NOT_CALM,
  ): number {
    const fromMs = delayPart * this.#delayMsMax;
    const byDelay = DELAY_PARTS.findLastIndex((part) => delayMs >= part * fromMs);
    const byMemory = MEMORY_SHARES.findLastIndex((share) => memoryShare >= share - memoryLess);
    return Math.max(byDelay, byMemory);
  }
}
