/**
 * Tape: the page's picture of its audio: how loud it was, and how far the server has come. (pure)
 *
 *   settled ────────▶│ received ───▶│ spoken ▶│
 *
 * Times count the page's audio, over all talks. It keeps how loud the audio was, and none of it.
 */
import type { Ack } from '../wire/message.ts';

/** What one bar of the picture stands for. */
export const BAR_MS = 50;

/** Two hours; beyond it the oldest go. */
const BARS_MAX = (2 * 3_600_000) / BAR_MS;

export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
  readonly kind: 'final' | 'gap';
}

/** Finals and gaps that are drawn; beyond it the oldest go. */
const STRETCHES_MAX = 2_000;

export class Tape {
  /** How loud each BAR_MS was, 0..1; the first of them is number `barsGone`. */
  readonly bars: number[] = [];
  readonly stretches: Stretch[] = [];
  barsGone = 0;
  /** Recorded, whether sent or not. */
  spokenMs = 0;
  /** Taken in by the server. */
  receivedMs = 0;
  /** Its outcome is known. */
  settledMs = 0;
  /** Where the session of now began. */
  #baseMs = 0;
  /** What one frame of the session holds, and what its gaps hold beyond that. */
  #frameMs = BAR_MS;
  #gapMs = 0;

  /** Where the next talk begins: after all that was said. */
  get endMs(): number {
    return this.spokenMs;
  }

  /** A session begins at `baseMs`, in frames of `frameMs`. */
  begin(baseMs: number, frameMs: number): void {
    this.#baseMs = baseMs;
    this.#frameMs = frameMs;
    this.#gapMs = 0;
  }

  /** `ms` more were recorded, `loudness` (0..1) at the loudest. */
  record(ms: number, loudness: number): void {
    const from = Math.floor(this.spokenMs / BAR_MS);
    this.spokenMs += ms;
    const to = Math.max(from + 1, Math.ceil(this.spokenMs / BAR_MS));
    for (let bar = from - this.barsGone; bar < to - this.barsGone; bar++) {
      this.bars[bar] = Math.max(this.bars[bar] ?? 0, loudness);
    }
    const tooMany = Math.max(0, this.bars.length - BARS_MAX);
    this.bars.splice(0, tooMany);
    this.barsGone += tooMany;
  }

  acknowledge({ received, settledMs }: Pick<Ack, 'received' | 'settledMs'>): void {
    this.#receive(this.#baseMs + received * this.#frameMs + this.#gapMs);
    this.settle(settledMs);
  }

  /** All session time before `settledMs` has its outcome. */
  settle(settledMs: number): void {
    this.settledMs = Math.min(this.spokenMs, Math.max(this.settledMs, this.#baseMs + settledMs));
    this.#receive(this.settledMs);
  }

  /** A final or gap at these times of the page. A gap of the client was one frame, whatever its length. */
  mark(stretch: Stretch, isOwnGap = false): void {
    if (isOwnGap) this.#gapMs += Math.max(0, stretch.endMs - stretch.startMs - this.#frameMs);
    this.stretches.push(stretch);
    if (this.stretches.length > STRETCHES_MAX) this.stretches.shift();
  }

  /** Everything from the first to the last bar of a stretch of time, 0..1. */
  loudness(fromMs: number, toMs: number): number {
    const from = Math.max(0, Math.floor(fromMs / BAR_MS) - this.barsGone);
    const to = Math.min(this.bars.length, Math.ceil(toMs / BAR_MS) - this.barsGone);
    let peak = 0;
    for (let bar = from; bar < to; bar++) peak = Math.max(peak, this.bars[bar] ?? 0);
    return peak;
  }

  #receive(ms: number): void {
    this.receivedMs = Math.min(this.spokenMs, Math.max(this.receivedMs, ms));
  }
}
