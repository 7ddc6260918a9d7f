/**
 * Settling: which audio of a stream is silence, though Google says nothing of silence (pure).
 *
 * Places are samples of the stream, time is audio sent.
 *   a speech-activity end settles to its place when nothing has followed it for a while
 *   where the local detector hears nobody, nobody is; but what it heard waits for an outcome,
 *   for a bounded time
 * Neither holds while an interim waits for its final. Finals settle by themselves.
 */

export interface SettlingLimits {
  /** Quiet that a rule waits for. */
  readonly quietMs: number;
  /** What stays open before now: a word may have begun. */
  readonly marginMs: number;
  /** How long after it was heard speech without an outcome holds back what follows. */
  readonly heardMs: number;
  /** Silence is told in steps of at least so much. */
  readonly stepMs: number;
}

const SETTLING: SettlingLimits = {
  quietMs: 2_000,
  marginMs: 1_000,
  heardMs: 5_000,
  stepMs: 500,
};

export class Settling {
  readonly #quiet: number;
  readonly #margin: number;
  readonly #heard: number;
  readonly #step: number;
  #now = 0;
  #settled = 0;
  #finalEnd = 0;
  /** The present stretch of speech without an outcome, by the local detector. */
  #speech: { readonly from: number; to: number } | undefined;
  #voiceEnd = 0;
  #line: 'none' | 'interim' = 'none';
  /** When the last interim or final came. */
  #saidAt = Number.NEGATIVE_INFINITY;
  #activity: 'unknown' | 'active' | 'over' = 'unknown';
  /** A speech-activity end: its place, and when it came. */
  #activityEnd: { readonly place: number; readonly cameAt: number } | undefined;

  constructor(sampleRateHertz: number, limits: SettlingLimits = SETTLING) {
    const samples = (ms: number): number => Math.floor((ms * sampleRateHertz) / 1000);
    this.#quiet = samples(limits.quietMs);
    this.#margin = samples(limits.marginMs);
    this.#heard = samples(limits.heardMs);
    this.#step = samples(limits.stepMs);
  }

  /** All before it has its outcome. */
  get settled(): number {
    return this.#settled;
  }

  /** Where the last final ended. */
  get finalEnd(): number {
    return this.#finalEnd;
  }

  /** Samples since the local detector last heard somebody. */
  get quietFor(): number {
    return this.#now - this.#voiceEnd;
  }

  /** Whether somebody has spoken and there is no final of it yet. */
  get isOpen(): boolean {
    return this.#speech !== undefined || this.#line === 'interim';
  }

  /** Whether an interim waits for its final. */
  get hasInterim(): boolean {
    return this.#line === 'interim';
  }

  /** Where speech without an outcome begins, as far as is known. */
  get speechFrom(): number {
    return Math.max(this.#finalEnd, this.#speech?.from ?? this.#settled);
  }

  hear(isVoice: boolean, samples: number): void {
    const from = this.#now;
    this.#now += samples;
    if (!isVoice) return;
    this.#voiceEnd = this.#now;
    if (this.#speech === undefined) this.#speech = { from, to: this.#now };
    else this.#speech.to = this.#now;
  }

  interim(): void {
    this.#line = 'interim';
    this.#said();
  }

  final(end: number): void {
    this.#line = 'none';
    this.#said();
    this.#finalEnd = Math.max(this.#finalEnd, end);
    this.#settle(end);
  }

  activity(event: 'begin' | 'end', place: number): void {
    this.#activity = event === 'begin' ? 'active' : 'over';
    this.#activityEnd = event === 'end' ? { place, cameAt: this.#now } : undefined;
  }

  /**
   * How far there is silence, when that is worth saying; it counts as said. `isPatient`: speech that
   * was heard keeps back what follows it however long ago it was.
   */
  due(isPatient: boolean): number | undefined {
    if (this.#line === 'interim' || this.#now - this.#saidAt < this.#quiet) return undefined;
    const place = Math.max(this.#byActivity(), this.#byDetector(isPatient));
    const silent = isPatient ? Math.min(place, this.#speech?.from ?? place) : place;
    if (silent - this.#settled < this.#step) return undefined;
    this.#settle(silent);
    return silent;
  }

  #said(): void {
    this.#saidAt = this.#now;
    this.#activityEnd = undefined;
  }

  #settle(end: number): void {
    this.#settled = Math.max(this.#settled, end);
    const { settled } = this;
    if (this.#speech === undefined) return;
    const { from, to } = this.#speech;
    this.#speech = to <= settled ? undefined : { from: Math.max(from, settled), to };
  }

  #byActivity(): number {
    const end = this.#activityEnd;
    return end !== undefined && this.#now - end.cameAt >= this.#quiet ? end.place : 0;
  }

  #byDetector(isPatient: boolean): number {
    const { quietFor } = this;
    if (quietFor < this.#quiet) return 0;
    const isRecent = isPatient || quietFor < this.#heard;
    if (this.#activity === 'active' && isRecent) return 0;
    const place = this.#now - this.#margin;
    return isRecent ? Math.min(place, this.#speech?.from ?? place) : place;
  }
}
