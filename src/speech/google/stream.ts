/**
 * Google stream: one call to Google as a stream of the port.
 *
 *   open ──finish──▶ finishing        open ──no answer to speech──▶ probing        any ──▶ ended
 *
 * It sends frames as chunks, says what comes back as places in the stream, and says what is silent
 * though Google doesn't. Whoever opened it is told how it went.
 */
import assert from 'node:assert/strict';
import type { Timer } from '../../clock.ts';
import type { RecognizerStream, StreamEvents, StreamFault } from '../recognizer.ts';
import { Backlog, STALL_MS_MAX } from './backlog.ts';
import type { ChannelCall } from './channels.ts';
import { Chunks } from './chunks.ts';
import { Detector } from './detector.ts';
import { Endpoint } from './endpoint.ts';
import { faultOf } from './faults.ts';
import { Inserts } from './inserts.ts';
import type { Said } from './response.ts';
import { read } from './response.ts';
import { finalFor, interimFor } from './results.ts';
import { Settling } from './settling.ts';
import type { OwnEnd, StreamParts } from './stream-parts.ts';
import { Watchdog } from './watchdog.ts';

/** How long audio that doesn't fill a chunk waits for more. */
const GATHER_MS = 100;
/** How long a stream that is finished to see whether it lives may take to end. */
const PROBE_MS_MAX = 3_000;

const MUTE: StreamFault = { kind: 'routine', message: 'Google: nothing was recognized' };

type State = 'open' | 'probing' | 'finishing' | 'ended';

export class GoogleStream implements RecognizerStream {
  readonly #parts: StreamParts;
  readonly #events: StreamEvents;
  readonly #bytesPerSample: number;
  readonly #chunks: Chunks;
  readonly #inserts = new Inserts();
  readonly #detector: Detector;
  readonly #settling: Settling;
  readonly #watchdog: Watchdog;
  readonly #endpoint: Endpoint;
  readonly #backlog: Backlog;
  readonly #call: ChannelCall | undefined;
  #state: State = 'open';
  #written = 0;
  #billedMs = 0;
  #sentMs = 0;
  #gather: Timer | undefined;
  #judgement: 'none' | 'due' = 'none';
  #probeEnd: Timer | undefined;

  constructor(parts: StreamParts, events: StreamEvents) {
    const { config, clock } = parts;
    const rate = config.sampleRateHertz;
    this.#parts = parts;
    this.#events = events;
    this.#bytesPerSample = config.encoding === 'MULAW' ? 1 : 2;
    this.#chunks = new Chunks(rate, this.#bytesPerSample);
    this.#detector = new Detector(config);
    this.#settling = new Settling(rate);
    this.#watchdog = new Watchdog(rate, parts.answerMsMax);
    this.#endpoint = new Endpoint(rate);
    this.#backlog = new Backlog(clock, this.#bytes(1), () =>
      this.#giveUp(`it took no audio for ${STALL_MS_MAX} ms`, 'stalled'),
    );
    const call = parts.openCall({
      onMessage: (response) => this.#heard(read(response, rate)),
      onTaken: (bytes) => this.#taken(bytes),
      onEnd: (code, text) => this.#over(code, text),
    });
    if ('kind' in call) clock.after(0, () => this.fail(call));
    else this.#call = call;
  }

  write(chunk: Uint8Array): boolean {
    assert(this.#state !== 'finishing', 'a chunk was written after finish()');
    assert(chunk.length % this.#bytesPerSample === 0, 'a chunk holds whole samples');
    if (this.#state === 'ended') return true;
    this.#written += chunk.length / this.#bytesPerSample;
    if (this.#state === 'probing') return false;
    this.#chunks.take(chunk, this.#send);
    this.#gatherMore();
    return !this.#backlog.isHigh;
  }

  endpoint(): void {
    if (this.#isFinished()) return;
    if (this.#settling.isOpen || this.#chunks.waiting > 0) this.#endpoint.ask();
    this.#flush();
    this.#checkPause();
    if (!this.#settling.isOpen) this.#endpoint.done();
  }

  finish(): void {
    // A stream that is probed gets what it has not heard from another one, if there is any.
    if (this.#state === 'probing' && this.#written === this.#inserts.own) this.#state = 'finishing';
    if (this.#isFinished()) return;
    this.#halfClose('finishing');
  }

  #halfClose(as: 'probing' | 'finishing'): void {
    this.#flush();
    this.#state = as;
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

  readonly #send = (chunk: Uint8Array): void => {
    this.#write(chunk);
    this.#inserts.send(chunk.length / this.#bytesPerSample);
    this.#sentMs = this.#parts.clock.nowMs();
    this.#detector.hear(chunk, this.#detected);
    this.#checkPause();
    if (this.#judgement === 'due') return;
    this.#judgement = 'due';
    this.#parts.judgements.next(this.#judge);
  };

  readonly #detected = (isVoice: boolean, samples: number): void => {
    this.#settling.hear(isVoice, samples);
    this.#watchdog.hear(isVoice, samples, this.#sentMs);
  };

  #gatherMore(): void {
    if (this.#chunks.waiting === 0) {
      this.#gather?.cancel();
      this.#gather = undefined;
    } else this.#gather ??= this.#parts.clock.after(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#gather?.cancel();
    this.#gather = undefined;
    this.#chunks.flush(this.#send);
  }

  /** In a pause a final that is asked for is drawn by more silence than there was. */
  #checkPause(): void {
    if (!this.#settling.isOpen) return;
    const samples = this.#endpoint.due(this.#settling.quietFor, this.#inserts.total);
    if (samples === 0) return;
    this.#inserts.insert(samples);
    for (const chunk of this.#chunks.silence(samples)) {
      this.#write(chunk);
    }
  }

  #write(chunk: Uint8Array): void {
    this.#call?.write(chunk);
    this.#backlog.give(chunk.length);
  }

  /** What the audio itself says: silence, or that nobody listens. */
  readonly #judge = (): void => {
    this.#judgement = 'none';
    if (this.#isFinished()) return;
    const verdict = this.#watchdog.verdict(this.#parts.clock.nowMs());
    if (verdict !== undefined) {
      this.#probe(verdict);
      return;
    }
    const silent = this.#settling.due(this.#watchdog.suspects);
    if (silent !== undefined) this.#events.onSilence(silent);
  };

  /** It says nothing of what sounds like speech. If it ends when it is asked to, there was none. */
  #probe(verdict: string): void {
    this.#halfClose('probing');
    const giveUp = (): void => this.#giveUp(verdict, 'silent');
    this.#probeEnd = this.#parts.clock.after(PROBE_MS_MAX, giveUp);
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
    if (this.#backlog.leave(bytes) && this.#state === 'open') this.#events.onDrain();
  }

  #failed({ code, text }: { readonly code: number; readonly text: string }): void {
    if (this.#isOver()) return;
    this.#call?.cancel();
    this.#over(code, text);
  }

  #over(code: number, text: string): void {
    const from = this.#state;
    if (!this.#end()) return;
    if (code !== 0 || from === 'open') this.#broken(code, text);
    else this.#good(from);
  }

  #broken(code: number, text: string): void {
    const status = code === 0 ? { code: 2, text: 'the stream ended early' } : { code, text };
    this.#parts.onOver(status);
    const fault = faultOf(this.#parts.version, status.code, status.text);
    this.#events.onEnd(fault, this.#billedMs);
  }

  /** It has said all. What was written while it was probed it has not heard. */
  #good(from: State): void {
    if (from === 'probing') this.#parts.onMute();
    this.#parts.onOver({ code: 0, text: '' });
    const heard = from === 'probing' ? this.#inserts.own : this.#written;
    if (this.#settling.settled < heard) this.#events.onSilence(heard);
    this.#events.onEnd(from === 'probing' ? MUTE : undefined, this.#billedMs);
  }

  /** False when it had ended before. */
  #end(): boolean {
    if (this.#state === 'ended') return false;
    this.#state = 'ended';
    this.#gather?.cancel();
    this.#probeEnd?.cancel();
    this.#backlog.end();
    return true;
  }

  #isOver(): boolean {
    return this.#state === 'ended';
  }

  /** No audio is sent any more. */
  #isFinished(): boolean {
    return this.#state !== 'open';
  }

  get #ownEnd(): OwnEnd {
    return this.#call === undefined ? 'refused' : 'aborted';
  }

  #own(sent: number): number {
    return this.#inserts.ownOf(sent);
  }

  #bytes(ms: number): number {
    return Math.floor((ms * this.#parts.config.sampleRateHertz) / 1000) * this.#bytesPerSample;
  }
}
