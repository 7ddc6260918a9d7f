/**
 * Census: asks all workers what they have counted, again and again, and whenever somebody wants to know.
 *
 * So that little is missing from the counts of a worker that dies, and that one that hangs is found out.
 * Who doesn't answer in time is passed over: then what it said last counts.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Post } from './post.ts';

/** How often workers are asked, and how long for an answer. Milliseconds. */
const ASK_MS = 1_000;

export class Census {
  readonly #clock: Clock;
  readonly #posts: readonly Post[];
  /** Those that have not answered yet. */
  readonly #asked = new Set<Post>();
  #onAnswers: (() => void)[] = [];
  #timer: Timer | undefined;
  #state: 'open' | 'closed' = 'open';

  constructor(clock: Clock, posts: readonly Post[]) {
    this.#clock = clock;
    this.#posts = posts;
  }

  /** From now on asks by itself. */
  start(): void {
    if (this.#state === 'closed') return;
    this.#timer = this.#clock.after(ASK_MS, () => this.start());
    for (const post of this.#posts) post.check();
    this.#askAll();
  }

  /** Asks no more by itself. */
  close(): void {
    this.#state = 'closed';
    this.#timer?.cancel();
  }

  /** Resolves when every worker that serves or ends has answered, or had the time to. */
  async ask(): Promise<void> {
    this.#askAll();
    const endMs = this.#clock.nowMs() + ASK_MS;
    const timer = this.#clock.after(ASK_MS, () => this.#wake());
    while (this.#asked.size > 0 && this.#clock.nowMs() < endMs) {
      await new Promise<void>((resolve) => this.#onAnswers.push(resolve));
    }
    timer.cancel();
  }

  /** It has answered, or never will. */
  answered(post: Post): void {
    this.#asked.delete(post);
    this.#wake();
  }

  #askAll(): void {
    for (const post of this.#posts) {
      if (post.state !== 'serving' && post.state !== 'closing') continue;
      this.#asked.add(post);
      post.send({ type: 'count' });
    }
  }

  #wake(): void {
    for (const run of this.#onAnswers.splice(0)) run();
  }
}
