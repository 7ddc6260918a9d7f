/**
 * Embedded recognizer: speech recognition on this machine, in a thread of its own.
 *
 * This side passes chunks to the thread and what it says to the streams; it loads no native code
 * and computes nothing, so that sockets aren't held up. A thread that dies ends every stream with
 * a fault, and the next open() starts another, a bounded number of times a minute.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { builtUrl } from '../../built.ts';
import type { Clock } from '../../clock.ts';
import type { ErrorCode } from '../../errors.ts';
import { EarshotError, messageOf } from '../../errors.ts';
import type {
  Recognizer,
  RecognizerStream,
  SpeechConfig,
  StreamEvents,
  StreamFault,
  Support,
} from '../recognizer.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { EmbeddedStream } from './stream.ts';
import { supportOf } from './support.ts';

export interface EmbeddedOptions {
  readonly clock: Clock;
  /** A folder that checkModels() finds right. */
  readonly modelsDir: string;
  /** Audio of one stream that the thread hasn't taken: beyond it write() answers false. */
  readonly backlogMsMax?: number;
  /** Decodes in flight at once. They run on libuv's pool, which fs and dns share. */
  readonly decodesMax?: number;
  /** Threads started within a minute; beyond it nothing is served. */
  readonly startsPerMinuteMax?: number;
  /** How long close() waits for the decodes in flight at most. */
  readonly closeMsMax?: number;
  /** The compiled thread. */
  readonly threadUrl?: URL;
}

const MINUTE_MS = 60_000;
/** libuv's pool has four threads: at least one is left to fs and dns. */
const DECODES_MAX = 3;
/** Measured with everybody speaking at once. */
const SLOTS_PER_DECODE = 12;

const DEFAULTS = {
  backlogMsMax: 5_000,
  decodesMax: Math.min(availableParallelism(), DECODES_MAX),
  startsPerMinuteMax: 3,
  closeMsMax: 5_000,
};

/** What another thread would fail of as well is no transient fault. */
const faultKind = (code: ErrorCode): StreamFault['kind'] =>
  code === 'recognizer_failed' ? 'transient' : 'unavailable';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: EarshotError) => void;
}

export class EmbeddedRecognizer implements Recognizer {
  readonly name = 'embedded';
  readonly slotsDefault: number;
  readonly #options: Required<EmbeddedOptions>;
  readonly #streams = new Map<number, EmbeddedStream>();
  #state: 'stopped' | 'starting' | 'ready' | 'closed' = 'stopped';
  #thread: Worker | undefined;
  #startsAtMs: readonly number[] = [];
  #lastId = 0;
  #waiting: Waiting[] = [];

  /** Starts nothing yet. */
  constructor(options: EmbeddedOptions) {
    const threadUrl = builtUrl('src/speech/embedded/thread.js');
    this.#options = { ...DEFAULTS, threadUrl, ...options };
    this.slotsDefault = SLOTS_PER_DECODE * this.#options.decodesMax;
  }

  supports(config: SpeechConfig): Support {
    return supportOf(config);
  }

  /** Loads the models now and not with the first stream. Throws EarshotError when that fails. */
  async start(): Promise<void> {
    if (this.#state === 'ready') return;
    const refusal = this.#ensureThread();
    if (refusal !== undefined) throw new EarshotError('recognizer_failed', 'edge', refusal);
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  open(config: SpeechConfig, events: StreamEvents): RecognizerStream {
    const refusal = this.#ensureThread();
    const thread = this.#thread;
    const post = (message: ToThread, transfer: readonly ArrayBuffer[] = []): void =>
      thread?.postMessage(message, transfer);
    this.#lastId += 1;
    const id = this.#lastId;
    const { clock, backlogMsMax } = this.#options;
    const stream = new EmbeddedStream(id, config, events, post, backlogMsMax);
    if (refusal === undefined) this.#streams.set(id, stream);
    else clock.after(0, () => stream.end(refusal, 'unavailable'));
    return stream;
  }

  /** To be waited for: to end the process while native code decodes aborts it. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#state = 'closed';
    this.#lose(thread, 'the recognizer was closed', 'unavailable');
    if (thread === undefined) return;
    thread.postMessage({ type: 'close' } satisfies ToThread);
    await new Promise<void>((resolve) => {
      const { clock, closeMsMax } = this.#options;
      const timer = clock.after(closeMsMax, resolve);
      thread.once('exit', () => {
        timer.cancel();
        resolve();
      });
    });
    // A thread that still hangs can't be stopped without aborting the process.
    thread.unref();
  }

  /** Undefined when there is a thread, else why there is none. */
  #ensureThread(): string | undefined {
    if (this.#state === 'closed') return 'the recognizer was closed';
    if (this.#thread !== undefined) return undefined;
    const { clock, startsPerMinuteMax } = this.#options;
    const nowMs = clock.nowMs();
    this.#startsAtMs = this.#startsAtMs.filter((atMs) => nowMs - atMs < MINUTE_MS);
    if (this.#startsAtMs.length >= startsPerMinuteMax) {
      return `the recognizer's thread ended ${startsPerMinuteMax} times within a minute`;
    }
    this.#startsAtMs = [...this.#startsAtMs, nowMs];
    this.#state = 'starting';
    this.#thread = this.#startThread();
    return undefined;
  }

  #startThread(): Worker {
    const { modelsDir, decodesMax, threadUrl } = this.#options;
    const thread = new Worker(threadUrl, {
      workerData: { modelsDir, decodesMax } satisfies ThreadData,
    });
    const lose = (why: string): void =>
      this.#lose(thread, `the recognizer's thread ended: ${why}`, 'transient');
    thread.on('message', (message: FromThread) => this.#receive(thread, message));
    thread.on('error', (thrown) => lose(messageOf(thrown)));
    thread.on('exit', (code) => lose(`exit code ${code}`));
    return thread;
  }

  #receive(thread: Worker, message: FromThread): void {
    if (thread !== this.#thread) return;
    if (message.type === 'ready') this.#ready();
    else if (message.type === 'failed') {
      this.#lose(thread, message.message, faultKind(message.code), message.code);
    } else {
      const stream = this.#streams.get(message.id);
      if (message.type === 'end') this.#streams.delete(message.id);
      stream?.receive(message);
    }
  }

  #ready(): void {
    this.#state = 'ready';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve();
  }

  /** Forgets the thread, and ends whoever counted on it. */
  #lose(
    thread: Worker | undefined,
    why: string,
    kind: StreamFault['kind'],
    code: ErrorCode = 'recognizer_failed',
  ): void {
    if (thread !== this.#thread) return;
    this.#thread = undefined;
    if (this.#state !== 'closed') this.#state = 'stopped';
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(new EarshotError(code, 'edge', why));
    // An event may open a stream, and so start the next thread: all of this one is gone before.
    for (const stream of streams) stream.end(why, kind);
  }
}
