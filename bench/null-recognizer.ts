/**
 * Null recognizer: hears nothing and settles everything, so that a bench measures what is before it.
 *
 * Twice a second it says of each stream that what was written is silence; not of all at once, as no
 * recognizer does. One timer for all.
 */
import type { Clock } from '../src/clock.ts';
import type {
  Recognizer,
  RecognizerStream,
  SpeechConfig,
  StreamEvents,
  Support,
} from '../src/speech/recognizer.ts';

const SETTLE_MS = 500;
/** Streams are told in so many turns. In one, more memory would come free than tapes keep for use again. */
const TURNS = 2;
const SLOTS = 100_000;

class NullStream implements RecognizerStream {
  readonly #events: StreamEvents;
  readonly #bytesPerSample: number;
  readonly #clock: Clock;
  readonly #over: (stream: NullStream) => void;
  #written = 0;
  #settled = 0;
  #state: 'open' | 'over' = 'open';

  constructor(
    { encoding }: SpeechConfig,
    events: StreamEvents,
    clock: Clock,
    over: (stream: NullStream) => void,
  ) {
    this.#bytesPerSample = encoding === 'MULAW' ? 1 : 2;
    this.#events = events;
    this.#clock = clock;
    this.#over = over;
  }

  write(chunk: Uint8Array): boolean {
    this.#written += chunk.byteLength / this.#bytesPerSample;
    return true;
  }

  endpoint(): void {
    // There is never anything to end.
  }

  finish(): void {
    this.#over(this);
    this.#clock.after(0, () => {
      if (this.#state === 'over') return;
      this.settle();
      this.#events.onEnd(undefined, 0);
    });
  }

  abort(): void {
    this.#state = 'over';
    this.#over(this);
  }

  settle(): void {
    if (this.#settled === this.#written) return;
    this.#settled = this.#written;
    this.#events.onSilence(this.#written);
  }
}

export class NullRecognizer implements Recognizer {
  readonly name = 'null';
  readonly slotsDefault = SLOTS;
  readonly #clock: Clock;
  readonly #turns = Array.from({ length: TURNS }, () => new Set<NullStream>());
  #turn = 0;
  #opened = 0;
  #state: 'open' | 'closed' = 'open';

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#settle();
  }

  supports(): Support {
    return { ignored: [] };
  }

  open(config: SpeechConfig, events: StreamEvents): RecognizerStream {
    const turn = this.#turns[this.#opened % TURNS];
    this.#opened += 1;
    const over = (stream: NullStream): void => {
      turn?.delete(stream);
    };
    const stream = new NullStream(config, events, this.#clock, over);
    turn?.add(stream);
    return stream;
  }

  close(): Promise<void> {
    this.#state = 'closed';
    return Promise.resolve();
  }

  #settle(): void {
    if (this.#state === 'closed') return;
    this.#turn = (this.#turn + 1) % TURNS;
    for (const stream of this.#turns[this.#turn] ?? []) stream.settle();
    this.#clock.after(SETTLE_MS / TURNS, () => this.#settle());
  }
}
