/**
 * Embedded stream: one stream's side of the talk with the thread.
 *
 *   open ◀──drained──▶ pressed        open, pressed ──finish──▶ finishing
 *   every state ──end──▶ ended
 *
 * It knows how much audio the thread has yet to take, and nothing of threads.
 */
import assert from 'node:assert/strict';
import type {
  FinalResult,
  RecognizerStream,
  SpeechConfig,
  StreamEvents,
  StreamFault,
} from '../recognizer.ts';
import type { Said, ToThread } from './messages.ts';
import { BYTES_PER_SAMPLE } from './pcm.ts';

/** Sends to the thread; `transfer` is lost for this side. */
export type Post = (message: ToThread, transfer?: readonly ArrayBuffer[]) => void;

type State = 'open' | 'pressed' | 'finishing' | 'ended';
type Event = 'press' | 'drain' | 'finish' | 'end';

const NEXT: { readonly [S in State]: { readonly [E in Event]?: State } } = {
  open: { press: 'pressed', finish: 'finishing', end: 'ended' },
  pressed: { press: 'pressed', drain: 'open', finish: 'finishing', end: 'ended' },
  finishing: { end: 'ended' },
  ended: {},
};

export class EmbeddedStream implements RecognizerStream {
  readonly #id: number;
  readonly #events: StreamEvents;
  readonly #post: Post;
  readonly #bytesPerSample: number;
  readonly #backlogBytesMax: number;
  #state: State = 'open';
  #backlogBytes = 0;

  constructor(
    id: number,
    config: SpeechConfig,
    events: StreamEvents,
    post: Post,
    backlogMsMax: number,
  ) {
    this.#id = id;
    this.#events = events;
    this.#post = post;
    this.#bytesPerSample = BYTES_PER_SAMPLE[config.encoding];
    const bytesPerSecond = config.sampleRateHertz * this.#bytesPerSample;
    this.#backlogBytesMax = (bytesPerSecond * backlogMsMax) / 1000;
    const { encoding, sampleRateHertz, interim } = config;
    post({ type: 'open', id, config: { encoding, sampleRateHertz, interim } });
  }

  write(chunk: Uint8Array): boolean {
    assert(this.#state !== 'finishing', 'a chunk was written after finish()');
    assert(chunk.byteLength % this.#bytesPerSample === 0, 'a chunk holds whole samples');
    if (this.#state === 'ended') return true;
    this.#backlogBytes += chunk.byteLength;
    // A copy, to be transferred: the chunk stays on the tape.
    const bytes = new Uint8Array(chunk);
    this.#post({ type: 'audio', id: this.#id, bytes }, [bytes.buffer]);
    if (this.#backlogBytes > this.#backlogBytesMax) this.#move('press');
    return this.#state === 'open';
  }

  endpoint(): void {
    if (this.#state === 'open' || this.#state === 'pressed') {
      this.#post({ type: 'endpoint', id: this.#id });
    }
  }

  finish(): void {
    if (this.#move('finish')) this.#post({ type: 'finish', id: this.#id });
  }

  abort(): void {
    if (this.#move('end')) this.#post({ type: 'abort', id: this.#id });
  }

  /** What the thread said of this stream. */
  receive(said: Said): void {
    if (this.#state === 'ended') return;
    if (said.type === 'taken') this.#take(said.bytes);
    else if (said.type === 'silence') this.#events.onSilence(said.endSample);
    else if (said.type === 'end') this.end(said.fault);
    else if (said.type === 'final') this.#events.onFinal(resultOf(said));
    else this.#events.onInterim(resultOf(said));
  }

  /** Ends it, with a fault of this kind unless `fault` is undefined. Not within a call of its user. */
  end(fault: string | undefined, kind: StreamFault['kind'] = 'transient'): void {
    if (!this.#move('end')) return;
    this.#events.onEnd(fault === undefined ? undefined : { kind, message: fault }, 0);
  }

  #take(bytes: number): void {
    this.#backlogBytes -= bytes;
    if (this.#state !== 'pressed' || this.#backlogBytes > this.#backlogBytesMax / 2) return;
    this.#move('drain');
    this.#events.onDrain();
  }

  /** False when `event` means nothing in this state. */
  #move(event: Event): boolean {
    const next = NEXT[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}

function resultOf({ startSample, endSample, text }: Extract<Said, { text: string }>): FinalResult {
  return { startSample, endSample, text };
}
