/**
 * Roll: asks all workers for the sessions that they have, when somebody wants to see them.
 *
 * Who doesn't answer in time is passed over: its sessions are missing then. Whoever asks while others
 * wait is given the same answers.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Table } from '../live.ts';
import { joined } from '../live.ts';
import type { Post } from './post.ts';

/** How long for an answer. Milliseconds. */
const ASK_MS = 1_000;

export class Roll {
  readonly #clock: Clock;
  readonly #posts: readonly Post[];
  readonly #asked = new Set<Post>();
  readonly #tables = new Map<number, Table>();
  #onDone: () => void = () => undefined;
  #timer: Timer | undefined;
  #call: Promise<Table> | undefined;

  constructor(clock: Clock, posts: readonly Post[]) {
    this.#clock = clock;
    this.#posts = posts;
  }

  call(): Promise<Table> {
    this.#call ??= this.#ask().finally(() => {
      this.#call = undefined;
    });
    return this.#call;
  }

  /** Has these sessions. */
  answered(post: Post, table: Table): void {
    if (this.#asked.has(post)) this.#tables.set(post.index, table);
    this.left(post);
  }

  /** Will not answer any more. */
  left(post: Post): void {
    if (this.#asked.delete(post) && this.#asked.size === 0) this.#onDone();
  }

  async #ask(): Promise<Table> {
    this.#tables.clear();
    for (const post of this.#posts.filter(
      ({ state }) => state === 'serving' || state === 'closing',
    )) {
      this.#asked.add(post);
      post.send({ type: 'list' });
    }
    await new Promise<void>((resolve) => {
      this.#onDone = resolve;
      this.#timer = this.#clock.after(ASK_MS, resolve);
      if (this.#asked.size === 0) resolve();
    });
    this.#timer?.cancel();
    this.#asked.clear();
    return joined(this.#tables);
  }
}
