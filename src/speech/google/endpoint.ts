/**
 * Endpoint: when a final that was asked for is drawn, by more silence than there was (pure).
 */

/** A pause that is good for a final once one is asked for, and the silence sent to draw it. */
const PAUSE_MS = 200;
const SILENCE_MS = 1_000;
/** Such silence of one stream, in all: it is ahead of real time, and Google allows little of that. */
const SILENCES_MS_MAX = 15_000;

export class Endpoint {
  readonly #samplesPerMs: number;
  #state: 'none' | 'asked' = 'none';

  constructor(sampleRateHertz: number) {
    this.#samplesPerMs = sampleRateHertz / 1000;
  }

  ask(): void {
    this.#state = 'asked';
  }

  /** There is nothing to draw any more. */
  done(): void {
    this.#state = 'none';
  }

  /** Samples of silence to send now, after `quiet` samples without speech and `inserted` such ones in all. */
  due(quiet: number, inserted: number): number {
    if (this.#state === 'none' || quiet < PAUSE_MS * this.#samplesPerMs) return 0;
    this.#state = 'none';
    const isAllowed = inserted < SILENCES_MS_MAX * this.#samplesPerMs;
    return isAllowed ? Math.floor(SILENCE_MS * this.#samplesPerMs) : 0;
  }
}
