/**
 * Talk: one talk from its first sample to its summary, over as many sessions as it takes.
 *
 * It puts a source and a stream of earshot/client together, as any app would, and keeps the tape and
 * the transcript; what is shown of them is up to others.
 */
import type { ConnectOptions, Stream, StreamError, StreamState } from '../client/browser.ts';
import type { Ack, ServerMessage } from '../wire/message.ts';
import { bytesOf, loudnessOf, peakOf } from './pcm.ts';
import type { Source } from './source.ts';
import type { Chapter } from './story.ts';
import { chapterOfMessage, chapterOfState, rotated } from './story.ts';
import type { Tape } from './tape.ts';
import { BAR_MS } from './tape.ts';
import type { Line, Transcript } from './transcript.ts';

/** As the protocol has it. */
const GAP_MS_MAX = 86_400_000;

export interface TalkParts {
  /** Begins a stream; throws for an address or a token that can't be. */
  connect(options: ConnectOptions): Stream;
  readonly source: Source;
  readonly tape: Tape;
  readonly transcript: Transcript;
  readonly url: string;
  readonly token: string | undefined;
  readonly start: Omit<ConnectOptions['start'], 'encoding' | 'sampleRateHertz'>;
}

export interface TalkEvents {
  /** One frame of audio, 0..1. */
  onLoudness(loudness: number): void;
  onChapter(chapter: Chapter): void;
  onLine(line: Line): void;
  /** The tape or the interim has changed. */
  onChange(): void;
  /** The server notices that nothing is heard. */
  onSilence(): void;
  /** The server doesn't listen, for a reason that the person may do something about; another attempt follows. */
  onRefused(why: StreamError): void;
  /** A session has begun or goes on. */
  onLive(): void;
  /** No more audio; the summary is still to come. */
  onFinishing(): void;
  /** The source has failed: the talk ends at once. */
  onBroken(error: Error): void;
  /** The last, but for onBroken(). Undefined: all is settled. */
  onEnd(why: StreamError | undefined): void;
}

export class Talk {
  readonly #parts: TalkParts;
  readonly #events: TalkEvents;
  readonly #stream: Stream;
  /** Where the session of now begins in the page's audio. */
  #baseMs: number;
  #state: 'unheard' | 'heard' = 'unheard';
  /** Streams of the recognizer, as the last ack counts them. */
  #streams = 0;
  /** Ends the wait of a source that is too fast for the server. */
  #goOn: () => void = () => undefined;

  constructor(parts: TalkParts, events: TalkEvents) {
    const { source, url, token, start, tape } = parts;
    this.#parts = parts;
    this.#events = events;
    this.#baseMs = tape.endMs;
    const { sampleRateHertz } = source;
    this.#stream = parts.connect({
      url,
      token,
      start: { ...start, encoding: 'LINEAR16', sampleRateHertz },
      onMessage: (message) => this.#onMessage(message),
      onState: (state) => this.#onState(state),
      onEnd: (why) => {
        source.stop();
        events.onEnd(why);
      },
    });
    this.#run().catch((error: Error) => {
      source.stop();
      this.#stream.close();
      events.onBroken(error);
    });
  }

  /** No more audio; what was said is still transcribed. */
  stop(): void {
    this.#parts.source.stop();
    this.#goOn();
  }

  /** So many ms were never recorded: they are a gap of the session. */
  miss(ms: number): void {
    const wholeMs = Math.round(ms);
    if (wholeMs < 1) return;
    this.#parts.tape.record(wholeMs, 0);
    this.#stream.gap(Math.min(wholeMs, GAP_MS_MAX));
  }

  /** Ends at once. */
  abandon(): void {
    this.#stream.close();
  }

  async #run(): Promise<void> {
    const { source } = this.#parts;
    await source.run((pcm) => this.#write(pcm, source.sampleRateHertz));
    this.#events.onFinishing();
    // What becomes of it, onEnd says.
    this.#stream.finish().catch(() => undefined);
  }

  #write(pcm: Int16Array, rate: number): Promise<void> | undefined {
    const loudness = loudnessOf(peakOf(pcm));
    this.#parts.tape.record((pcm.length * 1000) / rate, loudness);
    this.#events.onLoudness(loudness);
    this.#events.onChange();
    if (this.#stream.write(bytesOf(pcm))) return undefined;
    return new Promise((resolve) => {
      this.#goOn = resolve;
      // When the stream has ended, so has the source.
      this.#stream.drained().then(resolve, () => resolve());
    });
  }

  #onState(state: StreamState): void {
    if (state.state === 'live') {
      this.#baseMs += state.fromMs ?? 0;
      this.#parts.transcript.begin(this.#baseMs);
    }
    if (state.state === 'live' || state.state === 'resumed') {
      this.#state = 'heard';
      this.#events.onLive();
    }
    const chapter = chapterOfState(state);
    if (chapter !== undefined) this.#events.onChapter(chapter);
    if (state.state === 'reconnecting' && this.#isRefusal(state.why)) {
      this.#events.onRefused(state.why);
    }
  }

  /** What is no trouble of the network is worth a word of advice; so is all while nobody has listened. */
  #isRefusal({ code }: StreamError): boolean {
    return this.#state === 'unheard' || !['lost', 'unreachable', 'draining'].includes(code);
  }

  #onMessage(message: ServerMessage): void {
    const { tape, transcript } = this.#parts;
    if (message.type === 'ready' && message.resumed === false) {
      // The client cuts frames that are longer than the server takes.
      const frames = Math.max(1, Math.ceil(BAR_MS / message.maxFrameMs));
      tape.begin(this.#baseMs, BAR_MS / frames);
    }
    if (message.type === 'ack') this.#onAck(message);
    // It comes once all has its outcome, and no ack says the rest.
    if (message.type === 'summary') tape.settle(tape.spokenMs);
    const line = transcript.take(message);
    if (line !== undefined) this.#onLine(line, message);
    const chapter = chapterOfMessage(message);
    if (chapter !== undefined) this.#events.onChapter(chapter);
    if (message.type === 'warning' && message.code === 'silent_audio') this.#events.onSilence();
    this.#events.onChange();
  }

  #onAck(ack: Ack): void {
    this.#parts.tape.acknowledge(ack);
    const { streams = 0 } = ack;
    if (this.#streams > 0 && streams > this.#streams) this.#events.onChapter(rotated(streams));
    this.#streams = streams;
  }

  #onLine(line: Line, message: ServerMessage): void {
    const { startMs, endMs, kind } = line;
    const { tape } = this.#parts;
    tape.mark({ startMs, endMs, kind }, line.kind === 'gap' && line.reason === 'client');
    if ('settledMs' in message) tape.settle(message.settledMs);
    this.#events.onLine(line);
  }
}
