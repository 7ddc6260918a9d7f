/**
 * Supervisor: keeps workers at their posts, and owns what they share.
 *
 * It starts workers and follows those that die, leases slots and starts to them, sums what they count,
 * and passes on whose session another has taken. It never carries audio, and knows no session.
 *
 *   starting ──all serve──▶ serving ──leave──▶ leaving ──drain──▶ draining ──close──▶ closing
 */
import { strict as assert } from 'node:assert';
import type { Clock, Timer } from '../clock.ts';
import { EarshotError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { CLOSE } from '../wire/close.ts';
import { Census } from './census.ts';
import { Counts } from './counts.ts';
import { Leases } from './leases.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { HeldPort } from './port.ts';
import type { Death } from './post.ts';
import { Post } from './post.ts';
import type { StartProcess } from './process.ts';
import { Roll } from './roll.ts';

export interface SupervisorParts {
  readonly clock: Clock;
  readonly log: Log;
  /** What is counted here; the workers' counts are added to it. */
  readonly metrics: Metrics;
  readonly workers: number;
  readonly start: StartProcess;
  readonly port: HeldPort;
  /** Undefined: as many as the recognizer says it can do. */
  readonly streamsMax: number | undefined;
  /** 0: any number. */
  readonly startsPerMinuteMax: number;
  /** With which all workers sign resume tokens. */
  readonly resumeKey: string;
  /** Tells this fleet's workers from those of any other. */
  readonly name: string;
  /** No worker has served for a while, though they are started again and again. */
  readonly onFailed: (error: EarshotError) => void;
}

/** How long workers may take to close, after a drain and else. Milliseconds. */
const CLOSE_MS_MAX = { drained: 1_000, else: 10_000 } as const;

/** How long no worker may have served. */
const UNSERVED_MS_MAX = 30_000;

/** How many workers may die while the server starts, if none says what is wrong. */
const STARTING_DEATHS_MAX = 3;

type State = 'starting' | 'serving' | 'leaving' | 'draining' | 'closing';

const NEXT: { readonly [S in State]: readonly State[] } = {
  starting: ['serving', 'closing'],
  serving: ['leaving', 'draining', 'closing'],
  leaving: ['draining', 'closing'],
  draining: ['closing'],
  closing: [],
};

export class Supervisor {
  readonly roll: Roll;
  readonly #parts: SupervisorParts;
  readonly #posts: readonly Post[];
  readonly #counts: Counts;
  readonly #census: Census;
  #leases: Leases<Post> | undefined;
  #state: State = 'starting';
  #holders = 0;
  #released: Promise<void> | undefined;
  #more: Timer | undefined;
  /** Runs while no worker serves. */
  #unserved: Timer | undefined;
  #deaths = 0;
  #lastDeath = '';
  #limit: number | undefined;
  /** Those who wait until no worker is left. */
  #onClosed: (() => void)[] = [];
  #onStart: (error: EarshotError | undefined) => void = () => undefined;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#counts = new Counts(parts.metrics, parts.workers);
    parts.metrics.streamLimit = () => this.#leases?.streamLimit ?? 0;
    this.#posts = Array.from({ length: parts.workers }, (_, index) => this.#newPost(index));
    this.#census = new Census(parts.clock, this.#posts);
    this.roll = new Roll(parts.clock, this.#posts);
  }

  /** Resolves when every worker takes sessions. Throws what keeps one from it, and then none is left. */
  async start(): Promise<void> {
    const failure = await new Promise<EarshotError | undefined>((resolve) => {
      this.#onStart = resolve;
      for (const post of this.#posts) post.start();
      this.#census.start();
    });
    if (failure === undefined) return this.#become('serving');
    await this.close();
    throw failure;
  }

  /** Why no session would be taken now, or undefined when one would. */
  notReady(): string | undefined {
    if (this.#state !== 'serving') return CLOSE.draining.when;
    const serving = this.#posts.filter(({ isServing }) => isServing);
    if (serving.some(({ problem }) => problem === null)) return undefined;
    return serving[0]?.problem ?? 'no worker serves';
  }

  /** Sessions that are open now. */
  async sessions(): Promise<number> {
    await this.#census.ask();
    return this.#counts.sessions;
  }

  /** The sums of all workers, in the text format of Prometheus. */
  async text(): Promise<string> {
    await this.#census.ask();
    return this.#counts.text();
  }

  /** Is not ready any more, and still takes sessions. */
  leave(): void {
    if (this.#state === 'serving') this.#become('leaving');
  }

  /** Takes no more sessions, and ends those that are open after `waitMsMax`; resolves 1 s later at the latest. */
  drain(waitMsMax: number): Promise<void> {
    if (NEXT[this.#state].includes('draining')) this.#become('draining');
    return this.#end({ type: 'drain', waitMsMax }, waitMsMax + CLOSE_MS_MAX.drained);
  }

  /** Ends every session and every worker. May be called again. */
  close(): Promise<void> {
    if (this.#state !== 'closing') this.#become('closing');
    return this.#end({ type: 'close' }, CLOSE_MS_MAX.else);
  }

  /** Every worker reads certificates and keys anew. */
  renew(): void {
    for (const post of this.#posts) post.send({ type: 'renew' });
  }

  /** Ends every worker where it stands. */
  kill(): void {
    for (const post of this.#posts) post.kill();
  }

  async #end(message: ToWorker, msMax: number): Promise<void> {
    this.#unserved?.cancel();
    const { clock } = this.#parts;
    const kill = clock.after(msMax, () => this.kill());
    for (const post of this.#posts) post.end(message);
    if (this.#isLeft()) await new Promise<void>((resolve) => this.#onClosed.push(resolve));
    kill.cancel();
    this.#more?.cancel();
    this.#census.close();
    await this.#release();
  }

  #newPost(index: number): Post {
    const { clock, start, resumeKey, name } = this.#parts;
    return new Post({
      index,
      clock,
      start,
      resumeKey,
      newHolder: () => {
        this.#holders += 1;
        return `${name}-${this.#holders}`;
      },
      events: {
        onMessage: (post, message) => this.#heard(post, message),
        onDied: (post, death) => this.#died(post, death),
        onClosed: (post) => this.#closed(post),
      },
    });
  }

  #heard(post: Post, message: FromWorker): void {
    switch (message.type) {
      case 'loaded':
        void this.#loaded(post, message);
        break;
      case 'listening':
        this.#serves(post);
        break;
      case 'failed': // Its post keeps that until it ends.
        break;
      case 'usage':
        this.#leases?.report(post, message.usage, this.#parts.clock.nowMs());
        this.#lease();
        break;
      case 'counted':
        this.#counts.took(post.index, message.snapshot);
        this.#census.answered(post);
        break;
      case 'listed':
        this.roll.answered(post, message.table);
        break;
      case 'taken':
        this.#posts
          .find(({ holder }) => holder === message.holder)
          ?.send({ type: 'release', session: message.session, as: message.as });
    }
  }

  async #loaded(post: Post, said: FromWorker & { type: 'loaded' }): Promise<void> {
    const { streamsMax = said.slotsDefault, startsPerMinuteMax, port } = this.#parts;
    this.#leases ??= new Leases({ streamsMax, rotates: said.rotates, startsPerMinuteMax });
    this.#leases.join(post);
    this.#lease();
    const { holder } = post;
    await this.#release();
    if (post.holder === holder) post.send({ type: 'listen', port: port.port });
  }

  /** Lets go of the port, once. */
  #release(): Promise<void> {
    this.#released ??= this.#parts.port.release();
    return this.#released;
  }

  #serves(post: Post): void {
    this.#unserved?.cancel();
    this.#unserved = undefined;
    this.#parts.log.info({ worker: post.index, workerPid: post.pid }, 'a worker serves');
    if (this.#posts.every(({ state }) => state === 'serving')) this.#onStart(undefined);
  }

  #died(post: Post, { how, failure, pauseMs }: Death): void {
    const { clock, log, metrics, onFailed } = this.#parts;
    const why = failure?.message ?? how;
    this.#lastDeath = why;
    this.#deaths += 1;
    metrics.workerDeaths += 1;
    log.warn({ worker: post.index, how: why, pauseMs }, 'a worker died');
    this.#forget(post);
    if (this.#state === 'starting') {
      if (failure === undefined && this.#deaths <= STARTING_DEATHS_MAX) post.hurry();
      else this.#onStart(failure ?? failed(`worker ${post.index} ended while it started: ${how}`));
    } else if (!this.#posts.some(({ state }) => state === 'serving')) {
      for (const each of this.#posts) each.hurry();
      this.#unserved ??= clock.after(UNSERVED_MS_MAX, () => {
        const message = `no worker has served for ${UNSERVED_MS_MAX / 1000} s, the last one died by: ${this.#lastDeath}`;
        onFailed(failed(message));
      });
    }
  }

  #closed(post: Post): void {
    this.#forget(post);
    if (this.#isLeft()) return;
    for (const run of this.#onClosed.splice(0)) run();
  }

  #isLeft(): boolean {
    return this.#posts.some(({ state }) => state !== 'closed');
  }

  /** What is kept of a worker while it lives goes; its counts stay. */
  #forget(post: Post): void {
    this.#leases?.leave(post, this.#parts.clock.nowMs());
    this.#counts.died(post.index);
    this.#census.answered(post);
    this.roll.left(post);
    this.#lease();
  }

  #lease(): void {
    const leases = this.#leases;
    if (leases === undefined || this.#state === 'closing' || !this.#isLeft()) return;
    const { clock, log } = this.#parts;
    const before = this.#limit;
    this.#limit = leases.streamLimit;
    if (before !== undefined && this.#limit < before) {
      log.warn({ limit: this.#limit, before }, 'the recognizer serves fewer streams');
    }
    const nowMs = clock.nowMs();
    for (const [post, lease] of leases.due(nowMs)) post.send({ type: 'lease', lease });
    this.#more?.cancel();
    const waitMs = leases.waitMs(nowMs);
    this.#more = waitMs === undefined ? undefined : clock.after(waitMs, () => this.#lease());
  }

  #become(state: State): void {
    assert(
      NEXT[this.#state].includes(state),
      `a supervisor is ${this.#state}, and can't be ${state}`,
    );
    this.#state = state;
  }
}

function failed(message: string): EarshotError {
  return new EarshotError('worker_failed', 'edge', message);
}
