/**
 * KeySupply: keys that are somewhere else: when they are asked for, and how long they are good.
 *
 * It knows neither keys nor the way to them. Who presents tokens can't make it ask more often than the
 * cooldown says, whether the answers are keys or failures; and while nobody answers, the keys that are
 * here go on for a day.
 */
import type { Clock } from '../clock.ts';

/** Keys older than this are asked for anew, while they go on being used. */
const FRESH_MS_MAX = 600_000;
/** And older than this they are none. */
const GOOD_MS_MAX = 24 * 3_600_000;
/** How long after the last attempt the next one may begin: with keys at hand, and without. */
const COOLDOWN_MS = { stocked: 30_000, empty: 5_000 } as const;

export class KeySupply {
  readonly #reload: () => Promise<void>;
  readonly #clock: Pick<Clock, 'nowMs'>;
  #gotMs = Number.NEGATIVE_INFINITY;
  #triedMs = Number.NEGATIVE_INFINITY;
  /** How the last attempt ends. */
  #last: Promise<void> = Promise.resolve();

  /** `reload` fetches all keys, and rejects when that fails. */
  constructor(reload: () => Promise<void>, clock: Pick<Clock, 'nowMs'>) {
    this.#reload = reload;
    this.#clock = clock;
  }

  /** Resolves when there are keys to be used; rejects with what the last attempt failed by. */
  async ready(): Promise<void> {
    const ageMs = this.#ageMs();
    if (ageMs <= FRESH_MS_MAX) return;
    const asked = this.ask();
    if (ageMs > GOOD_MS_MAX) await asked;
    // Else nobody has to wait for it; it is asked again after the cooldown.
    else asked.catch(() => undefined);
  }

  /** Asks for newer keys unless that was just done: then by how that ended, or will. */
  ask(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const cooldownMs = this.#ageMs() > GOOD_MS_MAX ? COOLDOWN_MS.empty : COOLDOWN_MS.stocked;
    if (nowMs - this.#triedMs >= cooldownMs) {
      this.#triedMs = nowMs;
      this.#last = this.#reload().then(() => {
        this.#gotMs = this.#clock.nowMs();
      });
    }
    return this.#last;
  }

  #ageMs(): number {
    return this.#clock.nowMs() - this.#gotMs;
  }
}
