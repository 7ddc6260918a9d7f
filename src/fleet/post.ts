/**
 * Post: one of the places of a fleet, where a worker serves, and after it the next one.
 *
 *   empty ──start──▶ starting ──loaded──▶ loaded ──listening──▶ serving ──died──▶ empty
 *   each of them ──died, and none follows──▶ closed      each ──told to end──▶ closing ──▶ closed
 *
 * It starts workers and says what becomes of them. What they say is the supervisor's business.
 */
import { strict as assert } from 'node:assert';
import type { Clock, Timer } from '../clock.ts';
import type { FromWorker, Holder, ToWorker } from './messages.ts';
import type { StartProcess, WorkerProcess } from './process.ts';
import { Restarts } from './restarts.ts';

export type PostState = 'empty' | 'starting' | 'loaded' | 'serving' | 'closing' | 'closed';

const NEXT: { readonly [S in PostState]: readonly PostState[] } = {
  empty: ['starting', 'closed'],
  starting: ['loaded', 'empty', 'closing', 'closed'],
  loaded: ['serving', 'empty', 'closing', 'closed'],
  serving: ['empty', 'closing', 'closed'],
  closing: ['closed'],
  closed: [],
};

export interface PostParts {
  /** From 0. */
  readonly index: number;
  readonly clock: Clock;
  readonly start: StartProcess;
  /** A name for the next worker, that none has had. */
  readonly newHolder: () => Holder;
  readonly resumeKey: string;
  readonly events: PostEvents;
}

interface PostEvents {
  onMessage(post: Post, message: FromWorker): void;
  /** Its worker is gone; the next one comes after `pauseMs`, or none when that is undefined. */
  onDied(post: Post, death: Death): void;
  /** Its last worker has ended as it was told. */
  onClosed(post: Post): void;
}

export interface Death {
  readonly how: string;
  readonly pauseMs: number | undefined;
}

export class Post {
  readonly index: number;
  readonly #parts: PostParts;
  readonly #restarts = new Restarts();
  #state: PostState = 'empty';
  #holder: Holder = '';
  #process: WorkerProcess | undefined;
  #servesFromMs: number | undefined;
  #pause: Timer | undefined;

  constructor(parts: PostParts) {
    this.index = parts.index;
    this.#parts = parts;
  }

  get state(): PostState {
    return this.#state;
  }

  /** Of the worker that is here, or was last. */
  get holder(): Holder {
    return this.#holder;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** How many workers have died here in a row, each soon after it began. */
  get youngDeaths(): number {
    return this.#restarts.youngDeaths;
  }

  /** Without effect while nobody is here. */
  send(message: ToWorker): void {
    this.#process?.send(message);
  }

  /** A worker is to come. */
  start(): void {
    const { start, newHolder, resumeKey, events } = this.#parts;
    this.#become('starting');
    this.#holder = newHolder();
    this.#servesFromMs = undefined;
    this.#process = start({
      onMessage: (message) => {
        this.#heard(message);
        events.onMessage(this, message);
      },
      onEnd: (how) => this.#ended(how),
    });
    this.send({ type: 'setup', holder: this.#holder, resumeKey });
  }

  /** Its worker is to end, told so by `message`, and nobody follows. */
  end(message: ToWorker): void {
    this.#pause?.cancel();
    if (this.#state === 'closed') return;
    if (this.#process === undefined) this.#close();
    else {
      if (this.#state !== 'closing') this.#become('closing');
      this.send(message);
    }
  }

  /** Its worker ends at once. */
  kill(): void {
    this.#process?.kill();
  }

  #heard({ type }: FromWorker): void {
    if (type === 'loaded' && this.#state === 'starting') this.#become('loaded');
    if (type !== 'listening' || this.#state !== 'loaded') return;
    this.#become('serving');
    this.#servesFromMs = this.#parts.clock.nowMs();
  }

  #ended(how: string): void {
    this.#process = undefined;
    if (this.#state === 'closing') {
      this.#close();
      return;
    }
    const { clock, events } = this.#parts;
    const pauseMs = this.#restarts.died(clock.nowMs() - (this.#servesFromMs ?? clock.nowMs()));
    this.#become(pauseMs === undefined ? 'closed' : 'empty');
    if (pauseMs !== undefined) this.#pause = clock.after(pauseMs, () => this.start());
    events.onDied(this, { how, pauseMs });
  }

  #close(): void {
    this.#become('closed');
    this.#parts.events.onClosed(this);
  }

  #become(state: PostState): void {
    assert(NEXT[this.#state].includes(state), `a post is ${this.#state}, and can't be ${state}`);
    this.#state = state;
  }
}
