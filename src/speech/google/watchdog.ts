/**
 * Watchdog: whether a stream that says nothing is dead, or has nothing to say (pure).
 *
 * Google answers speech within seconds; of silence it says nothing. So only speech that was sent and
 * not answered counts, and long enough by both clocks: audio may be sent faster than it was spoken.
 */

/** Speech without an answer, in all, that makes a stream suspect. */
const VOICE_MS_MAX = 1_000;
/** How long an interim may wait for anything more. */
const LINE_MS_MAX = 15_000;

/** A moment by both clocks: milliseconds of audio sent, and of time. */
interface Moment {
  readonly audioMs: number;
  readonly nowMs: number;
}

export class Watchdog {
  readonly #samplesPerMs: number;
  readonly #answerMsMax: number;
  #samples = 0;
  #voiceSamples = 0;
  #first: Moment | undefined;
  #line: Moment | undefined;

  /** `answerMsMax`: since the first speech without an answer. */
  constructor(sampleRateHertz: number, answerMsMax: number) {
    this.#samplesPerMs = sampleRateHertz / 1000;
    this.#answerMsMax = answerMsMax;
  }

  /** Whether speech was sent that should have been answered. */
  get suspects(): boolean {
    return this.#voiceSamples >= VOICE_MS_MAX * this.#samplesPerMs;
  }

  hear(isVoice: boolean, samples: number, nowMs: number): void {
    if (isVoice) {
      this.#voiceSamples += samples;
      this.#first ??= this.#moment(nowMs);
    }
    this.#samples += samples;
  }

  /** The stream has said something; `hasInterim` when an interim waits for its final. */
  answered(hasInterim: boolean, nowMs: number): void {
    this.#voiceSamples = 0;
    this.#first = undefined;
    this.#line = hasInterim ? this.#moment(nowMs) : undefined;
  }

  /** Since the first speech without an answer, in milliseconds; undefined when there is none. */
  waitedMs(nowMs: number): number | undefined {
    return this.#first === undefined ? undefined : nowMs - this.#first.nowMs;
  }

  /** Why the stream seems to be dead, if it does. */
  verdict(nowMs: number): string | undefined {
    const answerMsMax = this.#answerMsMax;
    if (this.suspects && this.#isOver(this.#first, answerMsMax, nowMs)) {
      return `nothing came for ${answerMsMax} ms of speech`;
    }
    if (!this.#isOver(this.#line, LINE_MS_MAX, nowMs)) return undefined;
    return `an interim had no final for ${LINE_MS_MAX} ms`;
  }

  #moment(nowMs: number): Moment {
    return { audioMs: this.#samples / this.#samplesPerMs, nowMs };
  }

  #isOver(since: Moment | undefined, ms: number, nowMs: number): boolean {
    if (since === undefined) return false;
    const audioMs = this.#samples / this.#samplesPerMs - since.audioMs;
    return audioMs >= ms && nowMs - since.nowMs >= ms;
  }
}
