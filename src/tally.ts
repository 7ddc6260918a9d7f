/**
 * Tally: a histogram that costs next to nothing to add to: counts in one typed array.
 *
 * Who reads it says what it is called and to whom it is shown.
 */

/** How many values were at most `edge`, the smaller ones included. */
export interface Heap {
  readonly edge: number;
  readonly count: number;
}

export class Tally {
  readonly #edges: Float64Array;
  /** Of each edge those above the one before it; the last one counts what is above all edges. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** `edges` rise; a value that is one counts as within it. */
  constructor(edges: readonly number[]) {
    this.#edges = Float64Array.from(edges);
    this.#counts = new Float64Array(edges.length + 1);
  }

  observe(value: number): void {
    let at = 0;
    while (value > (this.#edges[at] ?? Number.POSITIVE_INFINITY)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  get sum(): number {
    return this.#sum;
  }

  /** One for each edge, and one for all values, whose edge is infinite. */
  heaps(): Heap[] {
    let count = 0;
    return Array.from(this.#counts, (more, at) => {
      count += more;
      return { edge: this.#edges[at] ?? Number.POSITIVE_INFINITY, count };
    });
  }
}
