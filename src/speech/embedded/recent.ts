/**
 * Recent: the samples of one stream that may still be needed, by their place in the stream.
 *
 * It grows with what is kept and never shrinks; what is kept is bounded by the longest segment.
 */

/** A second of silence with its pre-roll fits. */
const CAPACITY_MIN = 32_000;

export class Recent {
  #samples = new Float32Array(CAPACITY_MIN);
  /** The place of `#samples[0]`. */
  #base = 0;
  /** The place of the first sample that is still needed. */
  #start = 0;
  #end = 0;

  /** The place after the newest sample. */
  get end(): number {
    return this.#end;
  }

  append(samples: Float32Array): void {
    this.#makeRoom(samples.length);
    this.#samples.set(samples, this.#end - this.#base);
    this.#end += samples.length;
  }

  /** A view, valid until the next append(). */
  view(start: number, end: number): Float32Array {
    return this.#samples.subarray(start - this.#base, end - this.#base);
  }

  copy(start: number, end: number): Float32Array {
    return this.#samples.slice(start - this.#base, end - this.#base);
  }

  /** What lies before `start` isn't asked for again. */
  forget(start: number): void {
    this.#start = start;
  }

  #makeRoom(count: number): void {
    if (this.#end - this.#base + count <= this.#samples.length) return;
    const kept = this.view(this.#start, this.#end);
    const needed = kept.length + count;
    // Twice what is needed, so that not every append() moves everything.
    if (2 * needed > this.#samples.length) {
      const larger = new Float32Array(2 * needed);
      larger.set(kept);
      this.#samples = larger;
    } else {
      this.#samples.copyWithin(0, this.#start - this.#base, this.#end - this.#base);
    }
    this.#base = this.#start;
  }
}
