/**
 * Counts: what all workers have counted, those that are no more included.
 *
 * It keeps the last snapshot of each post. Of a worker that died its counters stay, so that no sum ever
 * falls; what it held unsettled by then is booked as released. Sums are made in one order, post by post:
 * floating point depends on it, and a counter that falls by a bit is a restart to Prometheus.
 */
import type { Metrics, Snapshot } from '../metrics.ts';
import { remainsOf, sum, textOf, totalOf } from '../metrics.ts';

interface Counted {
  /** Of all workers that were at this post. */
  readonly past: Snapshot;
  readonly last: Snapshot;
}

const NOTHING: Counted = { past: [], last: [] };

export class Counts {
  readonly #own: Metrics;
  readonly #posts: Counted[];

  /** `own`: what the supervisor counts itself. */
  constructor(own: Metrics, posts: number) {
    this.#own = own;
    this.#posts = Array.from({ length: posts }, () => NOTHING);
  }

  /** The worker at a post has counted this; posts are numbered from 0. */
  took(post: number, last: Snapshot): void {
    const { past } = this.#posts[post] ?? NOTHING;
    this.#posts[post] = { past, last };
  }

  /** The worker at a post is no more. */
  died(post: number): void {
    const { past, last } = this.#posts[post] ?? NOTHING;
    this.#posts[post] = { past: sum([past, remainsOf(last)]), last: [] };
  }

  /** Sessions that were open when the workers were last asked. */
  get sessions(): number {
    return this.#posts.reduce((total, { last }) => total + totalOf(last, 'earshot_sessions'), 0);
  }

  /** Everything, in the text format of Prometheus. */
  text(): Promise<string> {
    const posts = this.#posts.map(({ past, last }) => sum([past, last]));
    return textOf([...posts, this.#own.snapshot()]);
  }
}
