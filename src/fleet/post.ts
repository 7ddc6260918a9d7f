/**
 * Post: one of the places of a fleet, where a worker serves, and after it the next one.
 *
 *   empty ──start──▶ starting ──loaded──▶ loaded ──listening──▶ serving
 *   each of them ──died──▶ empty      each ──told to end──▶ closing ──▶ closed
 *
 * It starts workers, ends those that hang, and says what becomes of them. What they say is the
 * supervisor's business.
 */
import { strict as assert } from 'node:assert';
import type { Clock, Timer } from '../clock.ts';
import { EarshotError } from '../errors.ts';
import type { FromWorker, Holder, ToWorker } from './messages.ts';
import type { StartProcess, WorkerProcess } from './process.ts';
import { Restarts } from './restarts.ts';

export type PostState = 'empty' | 'starting' | 'loaded' | 'serving' | 'closing' | 'closed';

const NEXT: { readonly [S in PostState]: readonly PostState[] } = {
  empty: ['starting', 'closed'],
  starting: ['loaded', 'empty', 'closing'],
  loaded: ['serving', 'empty', 'closing'],
  serving: ['empty', 'closing'],
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
  /** Its worker is gone; the next one comes after `pauseMs`. */
  onDied(post: Post, death: Death): void;
  /** Its last worker has ended as it was told. */
  onClosed(post: Post): void;
}

export interface Death {
  readonly how: string;
  /** What it said was wrong, if it did. */
  readonly failure: EarshotError | undefined;
  readonly pauseMs: number;
}

const HURRY_MS = 100;
/** In how many checks running a worker may say nothing: while it starts, which may take long, and then. */
const SILENT_CHECKS_MAX = { starting: 60, serving: 10 } as const;
/** In so many running it is no more than late. */
const LATE_CHECKS_MAX = 2;

export class Post {
  readonly index: number;
  readonly #parts: PostParts;
  readonly #restarts = new Restarts();
  #state: PostState = 'empty';
  #holder: Holder = '';
  #process: WorkerProcess | undefined;
  #servesFromMs: number | undefined;
  #pause: Timer | undefined;
  /** Since it was last heard of. Time is no measure: this process may have stood still itself. */
  #silentChecks = 0;
  /** Why it was killed. */
  #verdict: string | undefined;
  #failure: EarshotError | undefined;
  #problem: string | null = null;

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

  /** Whether a worker serves here, and answers. */
  get isServing(): boolean {
    return this.#state === 'serving' && this.#silentChecks <= LATE_CHECKS_MAX;
  }

  /** Why its worker would take no session, as it said last, or null. */
  get problem(): string | null {
    return this.#problem;
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
    this.#silentChecks = 0;
    this.#verdict = undefined;
    this.#failure = undefined;
    this.#problem = null;
    this.#process = start({
      onMessage: (message) => {
        this.#silentChecks = 0;
        this.#heard(message);
        events.onMessage(this, message);
      },
      onEnd: (how) => this.#ended(how),
    });
    this.send({ type: 'setup', holder: this.#holder, resumeKey, worker: this.index });
  }

  /** No worker serves anywhere: where none is, the next one is to come soon. */
  hurry(): void {
    if (this.#state === 'empty') this.#startAfter(HURRY_MS);
  }

  /** Once a second, before a worker that serves is asked something: ends one that hangs. */
  check(): void {
    if (this.#process === undefined) return;
    const checksMax = SILENT_CHECKS_MAX[this.#servesFromMs === undefined ? 'starting' : 'serving'];
    this.#silentChecks += 1;
    if (this.#silentChecks <= checksMax) return;
    this.#verdict = `it said nothing for ${checksMax} s, and was killed`;
    this.kill();
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

  #heard(message: FromWorker): void {
    const { type } = message;
    if (type === 'counted') this.#problem = message.notReady;
    if (type === 'failed') this.#failure = failureOf(message);
    if (type === 'loaded' && this.#state === 'starting') this.#become('loaded');
    if (type !== 'listening' || this.#state !== 'loaded') return;
    this.#become('serving');
    this.#servesFromMs = this.#parts.clock.nowMs();
  }

  #ended(end: string): void {
    this.#process = undefined;
    const how = this.#verdict ?? end;
    if (this.#state === 'closing') {
      this.#close();
      return;
    }
    const { clock, events } = this.#parts;
    const pauseMs = this.#restarts.died(clock.nowMs() - (this.#servesFromMs ?? clock.nowMs()));
    this.#become('empty');
    this.#startAfter(pauseMs);
    events.onDied(this, { how, failure: this.#failure, pauseMs });
  }

  #startAfter(pauseMs: number): void {
    this.#pause?.cancel();
    this.#pause = this.#parts.clock.after(pauseMs, () => this.start());
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

function failureOf({ code, message }: FromWorker & { type: 'failed' }): EarshotError {
  return new EarshotError(code === 'bug' ? 'worker_failed' : code, 'edge', message);
}
