/**
 * Cuts: when a stream is finished though audio goes on, or asked for a final (pure).
 *
 * A cut settles all before it. `finalize` cuts at once, but no sooner than a second after the last cut. A new audio id asks for a final at the next pause, once a second of
 * audio has followed without another id. Too much unsettled audio cuts too.
 */

/** Milliseconds between two cuts that `finalize` asks for. */
const EVERY_MS = 1_000;
/** Milliseconds of audio after a new audio id without a further one. */
const AUDIO_ID_QUIET_MS = 1_000;

/**
 * Now and here, because a device asked, nothing came, or this is a pause; wherever is best, for the bound
 * on the unsettled or on the age; or only a final at the next pause.
 */
export type Cut = 'finalize' | 'idle' | 'pause' | 'settle' | 'endpoint' | undefined;

export class Cuts {
  readonly #settleMsMax: number;
  readonly #samplesPerMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #endpointAt: number | undefined;

  constructor(settleMsMax: number, sampleRateHertz: number) {
    this.#settleMsMax = settleMsMax;
    this.#samplesPerMs = sampleRateHertz / 1000;
  }

  /** Whether a device that asks for all before this place gets it now, or has to wait. */
  mayFinalize(nowMs: number): boolean {
    return nowMs >= this.#lastMs + EVERY_MS;
  }

  /** A new audio id begins at session sample `start`. */
  audioId(start: number): void {
    this.#endpointAt = start + AUDIO_ID_QUIET_MS * this.#samplesPerMs;
  }

  /** The stream has heard up to `end`, with the cursor at `settled`, both session samples. */
  heard(end: number, settled: number): Cut {
    if (end - settled > this.#settleMsMax * this.#samplesPerMs) return 'settle';
    if (this.#endpointAt === undefined || end < this.#endpointAt) return undefined;
    this.#endpointAt = undefined;
    return 'endpoint';
  }

  /** The stream was finished. */
  done(nowMs: number): void {
    this.#lastMs = nowMs;
  }
}
