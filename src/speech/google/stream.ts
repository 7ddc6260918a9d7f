/**
 * Google stream: one call to Google as a stream of the port.
 *
 *   open ◀──taken──▶ pressed        open, pressed ──finish──▶ finishing        any ──▶ ended
 *
 * It sends frames as chunks, says what comes back as places in the stream, and says what is silent
 * though Google doesn't. Whoever opened it is told how it went.
 */
import assert from 'node:assert/strict';
import type { Clock, Timer } from '../../clock.ts';
import type { RecognizerStream, SpeechConfig, StreamEvents, StreamFault } from '../recognizer.ts';
import type { ChannelCall } from './channels.ts';
import { Chunks } from './chunks.ts';
import { Detector } from './detector.ts';
import type { DriverEvents, Version } from './driver.ts';
import { faultOf } from './faults.ts';
import { Inserts } from './inserts.ts';
import type { Said } from './response.ts';
import { read } from './response.ts';
import { finalFor, interimFor } from './results.ts';
import { Settling } from './settling.ts';
import { Watchdog } from './watchdog.ts';

/** Ends that are not Google's, in the words of events.ts. */
type OwnEnd = 'silent' | 'stalled' | 'aborted' | 'refused';

export interface StreamParts {
  readonly clock: Clock;
  readonly version: Version;
  readonly config: SpeechConfig;
  /** Opens the call, or says why there is none. */
  readonly openCall: (events: DriverEvents) => ChannelCall | StreamFault;
  /** False: speech without an answer is taken for noise. */
  readonly isWatched: boolean;
  /**
   * Google has said something; with words, or only that the stream lives. `waitedMs`: since the first
   * speech that was not answered, where there was any.
   */
  readonly onAnswered: (hasWords: boolean, waitedMs: number | undefined) => void;
  /** The stream is over: by a status of Google, or by this side. Status 0 is a good end. */
  readonly onOver: (status: { code: number; text: string } | OwnEnd) => void;
}

/** How long audio that doesn't fill a chunk waits for more. */
const GATHER_MS = 100;
/** Audio that was given to the driver and has not left. */
const BACKLOG_MS_MAX = 5_000;
/** How long a stream may take no audio though so much waits for it. */
const STALL_MS_MAX = 8_000;
/** A pause that is good for a final once one is asked for, and the silence sent to draw it. */
const PAUSE_MS = 200;
const ENDPOINT_MS = 1_000;
/** Such silence of one stream, in all: it is ahead of real time, and Google allows little of that. */
const ENDPOINTS_MS_MAX = 15_000;

type State = 'open' | 'pressed' | 'finishing' | 'ended';

export class GoogleStream implements RecognizerStream {
  readonly #parts: StreamParts;
  readonly #events: StreamEvents;
  readonly #bytesPerSample: number;
  readonly #chunks: Chunks;
  readonly #inserts = new Inserts();
  readonly #detector: Detector;
  readonly #settling: Settling;
  readonly #watchdog: Watchdog;
  readonly #call: ChannelCall | undefined;
  #state: State = 'open';
  #backlogBytes = 0;
  #written = 0;
  #billedMs = 0;
  #endpoint: 'none' | 'asked' = 'none';
  #gather: Timer | undefined;
  #judgement: Timer | undefined;
  #stall: Timer | undefined;

  constructor(parts: StreamParts, events: StreamEvents) {
    const { config, clock } = parts;
    const { sampleRateHertz: rate } = config;
    this.#parts = parts;
    this.#events = events;
    this.#bytesPerSample = config.encoding === 'MULAW' ? 1 : 2;
    this.#chunks = new Chunks(rate, this.#bytesPerSample);
    this.#detector = new Detector(config);
    this.#settling = new Settling(rate);
    this.#watchdog = new Watchdog(rate);
    const call = parts.openCall({
      onMessage: (response) => this.#heard(read(response, rate)),
      onTaken: (bytes) => this.#taken(bytes),
      onEnd: (code, text) => this.#over(code, text),
    });
    if ('kind' in call) this.#judgement = clock.after(0, () => this.fail(call));
    else this.#call = call;
  }

  write(chunk: Uint8Array): boolean {
    assert(this.#state !== 'finishing', 'a chunk was written after finish()');
    assert(chunk.byteLength % this.#bytesPerSample === 0, 'a chunk holds whole samples');
    if (this.#state === 'ended') return true;
    this.#written += chunk.byteLength / this.#bytesPerSample;
    for (const full of this.#chunks.take(chunk)) this.#send(full);
    this.#gatherMore();
    if (this.#backlogBytes > this.#bytes(BACKLOG_MS_MAX)) this.#press();
    return this.#state === 'open';
  }

  endpoint(): void {
    if (this.#state === 'ended' || this.#state === 'finishing') return;
    if (this.#settling.isOpen || this.#chunks.waiting > 0) this.#endpoint = 'asked';
    this.#flush();
    this.#checkPause();
    if (!this.#settling.isOpen) this.#endpoint = 'none';
  }

  finish(): void {
    if (this.#state === 'ended' || this.#state === 'finishing') return;
    this.#flush();
    this.#state = 'finishing';
    this.#call?.halfClose();
  }

  abort(): void {
    if (!this.#end()) return;
    this.#call?.cancel();
    this.#parts.onOver(this.#ownEnd);
  }

  /** Ends it with a fault. Not within a call of its user. */
  fail(fault: StreamFault): void {
    if (!this.#end()) return;
    this.#call?.cancel();
    this.#parts.onOver(this.#ownEnd);
    this.#events.onEnd(fault, 0);
  }

  #send(chunk: Uint8Array): void {
    this.#call?.write(chunk);
    this.#backlogBytes += chunk.byteLength;
    this.#inserts.send(chunk.byteLength / this.#bytesPerSample);
    const nowMs = this.#parts.clock.nowMs();
    this.#detector.hear(chunk, (isVoice, samples) => {
      this.#settling.hear(isVoice, samples);
      this.#watchdog.hear(isVoice, samples, nowMs);
    });
    this.#checkPause();
    this.#judgement ??= this.#parts.clock.after(0, () => this.#judge());
  }

  #press(): void {
    this.#state = 'pressed';
    this.#stall ??= this.#parts.clock.after(STALL_MS_MAX, () =>
      this.#giveUp(`it took no audio for ${STALL_MS_MAX} ms`, 'stalled'),
    );
  }

  #gatherMore(): void {
    if (this.#chunks.waiting === 0) {
      this.#gather?.cancel();
      this.#gather = undefined;
    } else this.#gather ??= this.#parts.clock.after(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#gather?.cancel();
    this.#gather = undefined;
    const rest = this.#chunks.flush();
    if (rest !== undefined) this.#send(rest);
  }

  /** In a pause a final that is asked for is drawn by more silence than there was. */
  #checkPause(): void {
    if (this.#endpoint === 'none' || !this.#settling.isOpen) return;
    if (this.#settling.quietFor < this.#samples(PAUSE_MS)) return;
    this.#endpoint = 'none';
    if (this.#inserts.total >= this.#samples(ENDPOINTS_MS_MAX)) return;
    const samples = this.#samples(ENDPOINT_MS);
    this.#inserts.insert(samples);
    for (const chunk of this.#chunks.silence(samples)) {
      this.#call?.write(chunk);
      this.#backlogBytes += chunk.byteLength;
    }
  }

  /** What the audio itself says: silence, or that nobody listens. */
  #judge(): void {
    this.#judgement = undefined;
    if (this.#state === 'ended' || this.#state === 'finishing') return;
    const { isWatched, clock } = this.#parts;
    const verdict = isWatched ? this.#watchdog.verdict(clock.nowMs()) : undefined;
    if (verdict !== undefined) {
      this.#giveUp(verdict, 'silent');
      return;
    }
    const silent = this.#settling.due(isWatched && this.#watchdog.suspects);
    if (silent !== undefined) this.#events.onSilence(silent);
  }

  #giveUp(verdict: string, as: 'silent' | 'stalled'): void {
    this.#end();
    this.#call?.blame();
    this.#parts.onOver(as);
    this.#events.onEnd({ kind: 'transient', message: `Google: ${verdict}` }, 0);
  }

  #heard(said: Said): void {
    if (this.#state === 'ended') return;
    const hasWords = said.finals.length > 0 || said.interim !== undefined;
    this.#parts.onAnswered(hasWords, this.#watchdog.waitedMs(this.#parts.clock.nowMs()));
    this.#billedMs = said.billedMs ?? this.#billedMs;
    const { activity } = said;
    if (activity !== undefined) {
      const place = activity.place === undefined ? this.#inserts.own : this.#own(activity.place);
      this.#settling.activity(activity.event, place);
    }
    for (const final of said.finals) this.#final(final);
    if (said.interim !== undefined) this.#interim(said.interim);
    this.#watchdog.answered(this.#settling.hasInterim, this.#parts.clock.nowMs());
    if (said.failure !== undefined) this.#failed(said.failure);
  }

  #final(said: Said['finals'][number]): void {
    if (this.#isOver()) return;
    const place = (sent: number): number => this.#own(sent);
    const final = finalFor(said, this.#parts.config, { ...this.#bounds(), place });
    this.#settling.final(final.endSample);
    if (final.text !== '') this.#events.onFinal(final);
    else if (final.endSample >= this.#settling.settled) this.#events.onSilence(final.endSample);
  }

  #interim(said: NonNullable<Said['interim']>): void {
    if (this.#isOver()) return;
    this.#settling.interim();
    if (!this.#parts.config.interim) return;
    const place = (sent: number): number => this.#own(sent);
    this.#events.onInterim(interimFor(said, { ...this.#bounds(), place }));
  }

  #bounds() {
    const { finalEnd, settled, speechFrom } = this.#settling;
    return { finalEnd, settled, speechFrom, now: this.#inserts.own };
  }

  #taken(bytes: number): void {
    this.#backlogBytes -= bytes;
    if (this.#backlogBytes > this.#bytes(BACKLOG_MS_MAX) / 2) return;
    this.#stall?.cancel();
    this.#stall = undefined;
    if (this.#state !== 'pressed') return;
    this.#state = 'open';
    this.#events.onDrain();
  }

  #failed({ code, text }: { readonly code: number; readonly text: string }): void {
    if (this.#isOver()) return;
    this.#call?.cancel();
    this.#over(code, text);
  }

  #over(code: number, text: string): void {
    const isAnswer = code === 0 && this.#state === 'finishing';
    if (!this.#end()) return;
    const status =
      code === 0 && !isAnswer ? { code: 2, text: 'the stream ended early' } : { code, text };
    this.#parts.onOver(status);
    if (isAnswer && this.#settling.settled < this.#written) this.#events.onSilence(this.#written);
    const fault = isAnswer ? undefined : faultOf(this.#parts.version, status.code, status.text);
    this.#events.onEnd(fault, this.#billedMs);
  }

  /** False when it had ended before. */
  #end(): boolean {
    if (this.#state === 'ended') return false;
    this.#state = 'ended';
    this.#gather?.cancel();
    this.#judgement?.cancel();
    this.#stall?.cancel();
    return true;
  }

  #isOver(): boolean {
    return this.#state === 'ended';
  }

  get #ownEnd(): OwnEnd {
    return this.#call === undefined ? 'refused' : 'aborted';
  }

  #own(sent: number): number {
    return this.#inserts.ownOf(sent);
  }

  #samples(ms: number): number {
    return Math.floor((ms * this.#parts.config.sampleRateHertz) / 1000);
  }

  #bytes(ms: number): number {
    return this.#samples(ms) * this.#bytesPerSample;
  }
}
