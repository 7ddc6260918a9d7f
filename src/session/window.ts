/**
 * Window: how much audio a device may send beyond what was received, and so what memory it may fill.
 *
 * A window that was granted is a promise: it is reserved in the process-wide budget until it is used
 * or the session ends, its right edge never moves left, and nothing sent inside it is dropped. Counts
 * audio in samples; a gap is no audio.
 */
import { strict as assert } from 'node:assert';
import { FRAME_BYTES_MAX, msOf, samplesOf } from '../wire/limits.ts';

/** Tape bytes of the process: what all sessions hold, and the windows granted but not yet used. */
export class TapeBudget {
  readonly #bytesMax: number;
  #used = 0;
  #shareMax = 1;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get used(): number {
    return this.#used;
  }

  /** Bytes still free. */
  get free(): number {
    return Math.max(0, this.#bytesMax - this.#used);
  }

  /** No window is granted more than this share of itself from now on, 0..1. */
  squeeze(shareMax: number): void {
    this.#shareMax = shareMax;
  }

  /** 1 while plenty is free; past 80 % in use it falls, and at 100 % it is 0. Never above what squeeze() said. */
  get share(): number {
    return Math.min(this.#shareMax, this.free / (this.#bytesMax * SHRINK_BELOW));
  }

  reserve(bytes: number): void {
    this.#used += bytes;
    assert(this.#used >= 0);
  }
}

const SHRINK_BELOW = 0.2;

export interface WindowLimits {
  readonly windowMs: number;
  readonly tapeMsMax: number;
  readonly frameMsMax: number;
}

export class Window {
  readonly #budget: TapeBudget;
  readonly #sampleBytes: number;
  readonly #rate: number;
  readonly #windowMax: number;
  readonly #tapeMax: number;
  /** Samples of the longest frame that may come. */
  readonly #frameMax: number;
  /** Samples of audio received, and how far the device may go: now, and once the last offer is handed over. */
  #received = 0;
  #edge = 0;
  #offered = 0;
  /** What was received when the last grant was handed over: nothing was outstanding then. */
  #granted = 0;
  #open = false;
  #reserved = 0;

  constructor(budget: TapeBudget, limits: WindowLimits, rate: number, sampleBytes: number) {
    assert(limits.windowMs >= 2 * limits.frameMsMax);
    this.#budget = budget;
    this.#sampleBytes = sampleBytes;
    this.#rate = rate;
    this.#windowMax = samplesOf(limits.windowMs, rate);
    this.#tapeMax = samplesOf(limits.tapeMsMax, rate);
    // The length of a frame is judged in whole milliseconds.
    const frameMax = samplesOf(limits.frameMsMax + 1, rate);
    this.#frameMax = Math.min(frameMax, FRAME_BYTES_MAX / sampleBytes);
  }

  /** Whether a frame of `samples` was allowed: inside the window, or alone while it is open. */
  admits(samples: number): boolean {
    if (this.#received + samples <= this.#edge) return true;
    return this.#open && this.#received === this.#granted;
  }

  /** A frame came in, admitted or not: the device counts it as sent either way. */
  take(samples: number): void {
    this.#received += samples;
  }

  /** The `windowMs` to offer with `held` samples on the tape: booked now, granted by handed(). */
  offer(held: number): number {
    const promised = Math.max(0, this.#edge - this.#received);
    const free = this.#budget.free / this.#sampleBytes + this.#unused(held);
    const tapeRoom = this.#tapeMax - held;
    const wanted = Math.min(this.#windowMax, tapeRoom) * this.#budget.share;
    // At the end of the window one frame may come alone: there has to be room for it too.
    const room = Math.min(tapeRoom, free) - this.#frameMax;
    const grantMs = msOf(Math.max(0, Math.min(wanted, room)), this.#rate);
    const windowMs = Math.max(grantMs, Math.ceil((promised * 1000) / this.#rate));
    this.#offered = this.#received + samplesOf(windowMs, this.#rate);
    this.reserve(held * this.#sampleBytes);
    return windowMs;
  }

  /** The offer `windowMs`, made when `received` samples had come, was handed to the socket. */
  handed(windowMs: number, received: number): void {
    this.#edge = Math.max(this.#edge, received + samplesOf(windowMs, this.#rate));
    this.#open = windowMs > 0;
    this.#granted = received;
  }

  /** The socket is gone, and what its device was promised is no promise to the next one. */
  detach(): void {
    this.#edge = this.#received;
    this.#offered = this.#received;
    this.#open = false;
  }

  /** Samples of audio received so far. */
  get received(): number {
    return this.#received;
  }

  /** Books in the budget what is held on the tape and what is promised. */
  reserve(heldBytes: number): void {
    const ahead = Math.max(this.#edge, this.#offered) - this.#received;
    const promised = ahead > 0 ? ahead + this.#frameMax : 0;
    const bytes = heldBytes + promised * this.#sampleBytes;
    this.#budget.reserve(bytes - this.#reserved);
    this.#reserved = bytes;
  }

  /** Gives back all that this session had reserved. */
  release(): void {
    this.#budget.reserve(-this.#reserved);
    this.#reserved = 0;
  }

  /** What is reserved for promises and counts as free for this session's own next one. */
  #unused(held: number): number {
    return Math.max(0, this.#reserved / this.#sampleBytes - held);
  }
}
