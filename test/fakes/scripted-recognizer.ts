/**
 * ScriptedRecognizer: a Recognizer that hears by rule, on a Clock, and fails when it is told to.
 *
 * LINEAR16: samples other than zero are speech, zeros are silence. An interim comes with each
 * 500 ms of speech, a final when 600 ms of silence (200 ms after endpoint()) follow it or at
 * finish(). All comes `latencyMs` after the write that brought it.
 */
import assert from 'node:assert/strict';
import type { Clock } from '../../src/clock.ts';
import type {
  Recognizer,
  RecognizerStream,
  SpeechConfig,
  StreamEvents,
  StreamFault,
  Support,
  Word,
} from '../../src/speech/recognizer.ts';

/** What one stream does other than by rule. */
export interface StreamScript {
  /** Ends with the fault once it has heard so many samples; at 0 as soon as it was opened. */
  readonly fail?: { readonly atSample: number; readonly fault: StreamFault };
  /** finish() is never answered. */
  readonly hangs?: boolean;
  /** No final before finish(), however long the silence. */
  readonly holdsFinals?: boolean;
  /** write() answers false until the test calls drain(). */
  readonly pressed?: boolean;
}

export interface ScriptedOptions {
  readonly latencyMs?: number;
  readonly support?: (config: SpeechConfig) => Support;
  /** Of the stream opened as the `number`th, from 1. */
  readonly script?: (number: number) => StreamScript;
  /** Of the `number`th final of all streams, from 1; `w1`, `w2` and so on by default. */
  readonly text?: (number: number) => string;
  /** Finals say where their words are, each so long; without it they don't. */
  readonly wordMs?: number | undefined;
  /** A run of equal samples is a word, which is their value; with times, if `words`. */
  readonly spells?: 'text' | 'words' | undefined;
  /** Audio that was written and not heard yet: beyond it write() answers false. */
  readonly backlogMsMax?: number;
  /** False where a long simulation can't hold all audio. */
  readonly keepsAudio?: boolean;
}

const DEFAULTS = {
  latencyMs: 0,
  support: (): Support => ({ ignored: [] }),
  script: (): StreamScript => ({}),
  text: (number: number): string => `w${number}`,
  wordMs: undefined,
  spells: undefined,
  backlogMsMax: 5_000,
  keepsAudio: true,
};

const INTERIM_MS = 500;
const PAUSE_MS = { speaking: 600, ending: 200 };

export class ScriptedRecognizer implements Recognizer {
  readonly name = 'scripted';
  readonly slotsDefault = 100;
  /** Every stream ever opened, in that order. */
  readonly streams: ScriptedStream[] = [];
  readonly #clock: Clock;
  readonly #options: Required<ScriptedOptions>;
  #finals = 0;
  #fault: StreamFault | undefined;

  constructor(clock: Clock, options: ScriptedOptions = {}) {
    this.#clock = clock;
    this.#options = { ...DEFAULTS, ...options };
  }

  supports(config: SpeechConfig): Support {
    return this.#options.support(config);
  }

  open(config: SpeechConfig, events: StreamEvents): ScriptedStream {
    const script = this.#options.script(this.streams.length + 1);
    const nextText = (): string => {
      this.#finals += 1;
      return this.#options.text(this.#finals);
    };
    const parts = { clock: this.#clock, options: this.#options, config, events, script, nextText };
    const stream = new ScriptedStream(parts);
    this.streams.push(stream);
    if (this.#fault !== undefined) this.#clock.after(0, () => stream.end(this.#fault));
    return stream;
  }

  async close(): Promise<void> {
    this.#fault = { kind: 'unavailable', message: 'the recognizer was closed' };
    for (const stream of this.streams) stream.end(this.#fault);
    await Promise.resolve();
  }
}

interface Parts {
  readonly clock: Clock;
  readonly options: Required<ScriptedOptions>;
  readonly config: SpeechConfig;
  readonly events: StreamEvents;
  readonly script: StreamScript;
  readonly nextText: () => string;
}

export class ScriptedStream implements RecognizerStream {
  readonly config: SpeechConfig;
  /** What was written, unless the recognizer keeps no audio. */
  readonly chunks: Uint8Array[] = [];
  bytesWritten = 0;
  endpoints = 0;
  state: 'open' | 'finished' | 'aborted' | 'ended' = 'open';
  readonly #parts: Parts;
  #pressure: 'none' | 'backlog' | 'script' = 'none';
  #mode: 'idle' | 'speaking' | 'ending' = 'idle';
  #heard = 0;
  #settled = 0;
  #voiceStart = 0;
  #voiceEnd = 0;
  #interimAt = 0;
  /** What was spelt in this utterance. */
  #runs: Word[] = [];

  constructor(parts: Parts) {
    assert(parts.config.encoding === 'LINEAR16');
    this.#parts = parts;
    this.config = parts.config;
    if (parts.script.pressed === true) this.#pressure = 'script';
    this.#later(() => this.#failIfDue());
  }

  /** Nothing is said any more. */
  get isOver(): boolean {
    return this.state === 'aborted' || this.state === 'ended';
  }

  /** All that was written, in one piece. */
  get audio(): Uint8Array {
    return Buffer.concat(this.chunks);
  }

  write(bytes: Uint8Array): boolean {
    const chunk = Uint8Array.from(bytes);
    assert(this.state !== 'finished', 'a chunk was written after finish()');
    if (this.isOver) return true;
    this.bytesWritten += chunk.byteLength;
    if (this.#parts.options.keepsAudio) this.chunks.push(chunk);
    this.#later(() => this.#hear(chunk));
    const isLate =
      this.#msOf(this.bytesWritten / 2 - this.#heard) > this.#parts.options.backlogMsMax;
    if (isLate && this.#pressure === 'none') this.#pressure = 'backlog';
    return this.#pressure === 'none';
  }

  endpoint(): void {
    this.endpoints += 1;
    this.#later(() => {
      if (this.#mode === 'speaking') this.#mode = 'ending';
      this.#endAtPause();
    });
  }

  finish(): void {
    if (this.state !== 'open') return;
    this.state = 'finished';
    this.#later(() => this.#finish());
  }

  abort(): void {
    if (!this.isOver) this.state = 'aborted';
  }

  /** Ends a pressure that the script asked for. */
  drain(): void {
    if (this.#pressure === 'none' || this.state !== 'open') return;
    this.#pressure = 'none';
    this.#parts.events.onDrain();
  }

  /** Ends the stream now, with this fault unless undefined. */
  end(fault: StreamFault | undefined): void {
    if (this.isOver) return;
    this.state = 'ended';
    this.#parts.events.onEnd(fault, 0);
  }

  #hear(chunk: Uint8Array): void {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < chunk.byteLength && !this.isOver; at += 2) {
      this.#heard += 1;
      const sample = view.getInt16(at, true);
      if (sample === 0) this.#endAtPause();
      else this.#hearSpeech(`${sample}`);
      this.#failIfDue();
    }
    if (this.#mode === 'idle') this.#silence(this.#heard);
    if (this.#pressure === 'backlog') this.drain();
  }

  #hearSpeech(text: string): void {
    if (this.#mode === 'idle') {
      this.#silence(this.#heard - 1);
      this.#mode = 'speaking';
      this.#voiceStart = this.#heard - 1;
      this.#interimAt = this.#voiceStart;
      this.#runs = [];
    }
    this.#voiceEnd = this.#heard;
    if (this.#parts.options.spells !== undefined) this.#spell(text);
    if (!this.config.interim || this.#msOf(this.#voiceEnd - this.#interimAt) < INTERIM_MS) return;
    this.#interimAt = this.#voiceEnd;
    const ms = Math.round(this.#msOf(this.#voiceEnd - this.#voiceStart));
    this.#parts.events.onInterim({ ...this.#span(), text: `${ms} ms` });
  }

  #spell(text: string): void {
    const last = this.#runs.at(-1);
    const isSame = last?.text === text && last.endSample === this.#heard - 1;
    const startSample = isSame ? last.startSample : this.#heard - 1;
    const run = { text, startSample, endSample: this.#heard };
    this.#runs.splice(isSame ? -1 : this.#runs.length, 1, run);
  }

  #endAtPause(): void {
    if (this.#mode === 'idle' || this.#parts.script.holdsFinals === true) return;
    if (this.#msOf(this.#heard - this.#voiceEnd) >= PAUSE_MS[this.#mode]) this.#final();
  }

  #final(): void {
    this.#mode = 'idle';
    this.#settled = this.#voiceEnd;
    const isSpelt = this.#parts.options.spells !== undefined;
    const text = isSpelt ? this.#runs.map((run) => run.text).join(' ') : this.#parts.nextText();
    this.#parts.events.onFinal({ ...this.#span(), text, ...this.#words() });
  }

  #words(): { words?: Word[] } {
    const { wordMs, spells } = this.#parts.options;
    if (spells === 'words') return { words: this.#runs };
    if (wordMs === undefined) return {};
    const words: Word[] = [];
    const length = (wordMs * this.config.sampleRateHertz) / 1000;
    for (let at = this.#voiceStart; at < this.#voiceEnd; at += length) {
      const endSample = Math.min(this.#voiceEnd, at + length);
      words.push({ text: `${this.#msOf(at)}`, startSample: at, endSample });
    }
    return { words };
  }

  #span(): { startSample: number; endSample: number } {
    return { startSample: this.#voiceStart, endSample: this.#voiceEnd };
  }

  #silence(endSample: number): void {
    if (endSample <= this.#settled || this.isOver) return;
    this.#settled = endSample;
    this.#parts.events.onSilence(endSample);
  }

  #failIfDue(): void {
    const { fail } = this.#parts.script;
    if (fail !== undefined && this.#heard >= fail.atSample) this.end(fail.fault);
  }

  #finish(): void {
    if (this.#parts.script.hangs === true) return;
    if (this.#mode !== 'idle') this.#final();
    this.#silence(this.#heard);
    this.end(undefined);
  }

  #later(run: () => void): void {
    this.#parts.clock.after(this.#parts.options.latencyMs, () => {
      if (!this.isOver) run();
    });
  }

  #msOf(samples: number): number {
    return (samples * 1000) / this.config.sampleRateHertz;
  }
}
