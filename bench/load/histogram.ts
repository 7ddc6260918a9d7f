/**
 * Histogram: many delays in little room, each by at most 3 % too long (pure).
 *
 * Places grow by the same part, from 0.01 ms to more than a minute.
 */

const FIRST_MS = 0.01;
const GROWTH = 1.03;
const PLACES = 540;
const LOG_GROWTH = Math.log(GROWTH);

/** As it goes from one process to another: places that are not empty, with their counts. */
export interface HistogramData {
  readonly counts: readonly (readonly [place: number, count: number])[];
  readonly mostMs: number;
}

export class Histogram {
  readonly #counts = new Uint32Array(PLACES);
  #total = 0;
  #mostMs = 0;

  static of({ counts, mostMs }: HistogramData): Histogram {
    const histogram = new Histogram();
    for (const [place, count] of counts) {
      histogram.#counts[place] = count;
      histogram.#total += count;
    }
    histogram.#mostMs = mostMs;
    return histogram;
  }

  add(ms: number): void {
    const place = ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) / LOG_GROWTH);
    const at = Math.min(PLACES - 1, place);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
    this.#mostMs = Math.max(this.#mostMs, ms);
  }

  get total(): number {
    return this.#total;
  }

  get mostMs(): number {
    return this.#mostMs;
  }

  get data(): HistogramData {
    const counts = Array.from(this.#counts.entries()).filter(([, count]) => count > 0);
    return { counts, mostMs: this.#mostMs };
  }

  /** What a share of all lies at or below; undefined when there is nothing. */
  quantile(share: number): number | undefined {
    let left = Math.max(1, Math.ceil(share * this.#total));
    for (const [place, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && this.#total > 0) return Math.min(FIRST_MS * GROWTH ** place, this.#mostMs);
    }
    return undefined;
  }

  merge(other: Histogram): void {
    for (const [place, count] of other.#counts.entries()) {
      this.#counts[place] = (this.#counts[place] ?? 0) + count;
    }
    this.#total += other.#total;
    this.#mostMs = Math.max(this.#mostMs, other.#mostMs);
  }
}
