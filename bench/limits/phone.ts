/**
 * Phone: the project's own client, which says a speech at the pace of speech and keeps what it is told.
 *
 * A frame is due when its last sample would have been recorded, whatever this process is up to: one
 * that falls behind doesn't flatter what is measured.
 */
import { connect } from '../../src/client/node.ts';
import type { ConnectOptions, StreamState } from '../../src/client/options.ts';
import type { ServerMessage, Summary } from '../../src/wire/message.ts';
import { numbersIn } from '../../test/emulator/voice.ts';
import { faultsOf } from '../../test/simulation/verdict.ts';
import { pause } from './part.ts';
import type { Speech } from './speech.ts';
import { RATE } from './speech.ts';
import { Wire } from './wire.ts';

export type PhoneOptions = Pick<
  ConnectOptions,
  'url' | 'token' | 'quietMsMax' | 'onMessage' | 'onState'
> & {
  readonly speech: Speech;
  /** What `start` says beyond the encoding. */
  readonly fields?: Partial<ConnectOptions['start']>;
};

/** The words of a final, and when it came, by the clock of this process. */
export interface PhoneFinal {
  readonly atMs: number;
  readonly numbers: readonly number[];
}

export class Phone {
  readonly wire = new Wire();
  /** When it began to speak. */
  fromMs = 0;
  readonly finals: PhoneFinal[] = [];
  /** Why connections ended, and the stream. */
  readonly errors: string[] = [];
  readonly #speech: Speech;
  readonly #told: ServerMessage[] = [];
  readonly #states: StreamState[] = [];
  readonly #stream: ReturnType<typeof connect>;
  #sent = 0;
  #state: 'open' | 'over' = 'open';

  constructor({ speech, fields, onMessage, onState, ...options }: PhoneOptions) {
    this.#speech = speech;
    this.#stream = connect({
      ...options,
      start: { encoding: 'MULAW', sampleRateHertz: RATE, ...fields },
      onMessage: (message) => {
        this.#hear(message);
        onMessage?.(message);
      },
      onState: (state) => {
        this.#follow(state);
        onState?.(state);
      },
    });
    this.#stream.ready().catch(() => undefined);
  }

  get states(): readonly StreamState[] {
    return this.#states;
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  get gaps(): number {
    return this.#told.filter(({ type }) => type === 'gap').length;
  }

  /** Resolves when there is a session; rejects when there will be none. */
  async ready(): Promise<void> {
    await this.#stream.ready();
  }

  /** The next frame, if there is one and the stream has not ended. */
  say(): void {
    const frame = this.#speech.frames[this.#sent];
    if (frame === undefined || this.isOver) return;
    this.#sent += 1;
    this.#stream.write(frame);
  }

  /** Says its speech for `ms`: a frame every `everyMs`, which is how long one is, or longer. */
  async speak(ms: number, everyMs = this.#speech.frameMs): Promise<void> {
    this.fromMs = performance.now();
    for (let dueMs = everyMs; dueMs <= ms && !this.isOver; dueMs += everyMs) {
      const restMs = this.fromMs + dueMs - performance.now();
      if (restMs > 0) await pause(restMs);
      this.say();
    }
  }

  /** Ends it, and says what was wrong with all that it was told, a sentence each. */
  async finish(waitMsMax: number): Promise<string[]> {
    const late = new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), waitMsMax).unref();
    });
    const finished: Promise<Summary | undefined> = this.#stream.finish().catch(() => undefined);
    const summary = await Promise.race([finished, late]);
    const samples = (this.#sent * this.#speech.frameMs * RATE) / 1000;
    return faultsOf({
      heard: this.#told,
      states: this.#states,
      words: this.#speech.words.filter(({ startSample }) => startSample < samples),
      sampleRateHertz: RATE,
      sentMs: this.#sent * this.#speech.frameMs,
      summary,
    });
  }

  /** Ends it without a word. */
  close(): void {
    this.#stream.close();
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'final') {
      this.finals.push({ atMs: performance.now(), numbers: numbersIn(message.text) });
    }
    // After an `error` another connection goes on: it does not end what is to be told.
    if (message.type === 'final' || message.type === 'gap') this.#told.push(message);
  }

  #follow(state: StreamState): void {
    if (state.state === 'connecting') this.wire.follow();
    if (state.state === 'ended') this.#state = 'over';
    if ('why' in state && state.why !== undefined) {
      this.errors.push(`${state.why.close ?? state.why.status ?? ''} ${state.why.code}`.trim());
    }
    this.#states.push(state);
  }
}
