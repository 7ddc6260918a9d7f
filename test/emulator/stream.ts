/**
 * Stream: how one StreamingRecognize call behaves, from its first message to its end.
 *
 * It knows Google's limits, the faults planned for it and the clock, but no transport: a front gives
 * it messages and does what its sink is told. A sink is never called inside a call of the front,
 * but for link(), which the front carries out at once.
 */
import type { Timer } from '../../src/clock.ts';
import type { Mark } from './ear.ts';
import { Ear } from './ear.ts';
import type { Fault } from './faults.ts';
import type { EndName, Status } from './limits.ts';
import { ENDS, oversized, TEXTS } from './limits.ts';
import { Outflow } from './outflow.ts';
import type { Ask } from './request.ts';
import { isStatus, readAudio, readConfig } from './request.ts';
import type { Billed, Form } from './response.ts';
import { responseOf } from './response.ts';
import { Samples } from './samples.ts';
import type { Event, State } from './state.ts';
import { next } from './state.ts';
import type { FirstWord, StreamParts } from './stream-parts.ts';
import type { Reply } from './transcriber.ts';
import { Transcriber } from './transcriber.ts';

/** A fault's place is a whole sample, whose time may be a hair less than the one in the script. */
const ROUNDING_MS = 1e-6;

/** What a stream has once its configuration is known. */
interface Hearing {
  readonly form: Form;
  readonly samples: Samples;
  readonly ear: Ear;
  readonly transcriber: Transcriber;
}

export class Stream {
  readonly #parts: StreamParts;
  readonly #outflow: Outflow;
  readonly #timers = new Set<Timer>();
  readonly #openedMs: number;
  #state: State = 'opening';
  #hearing: Hearing | undefined;
  #lastRequestMs: number;
  #firstAudioMs: number | undefined;
  #finals = 0;
  #interims = 0;
  #wordsHeard = 0;
  #firstWord: FirstWord | undefined;
  #oversized = 0;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#outflow = new Outflow(parts.clock, parts.repliesMax);
    this.#openedMs = parts.clock.nowMs();
    this.#lastRequestMs = this.#openedMs;
  }

  /** Call first, once the sink can take faults. */
  start(): void {
    const { plan, limits, version, refused } = this.#parts;
    if (refused !== undefined) {
      this.#limit(refused);
      return;
    }
    this.#after(limits.durationMs[version], () => this.#limit('duration'));
    this.#watchIdle(limits.idleMs);
    for (const ms of plan.wallMs) this.#after(ms, () => this.#strike(plan.take('wall', ms)));
    this.#strike(plan.take('open'));
  }

  /** Audio received so far, in ms. */
  get audioMs(): number {
    if (this.#hearing === undefined) return 0;
    return (this.#hearing.ear.position * 1000) / this.#hearing.form.ask.sampleRateHertz;
  }

  /** Every begun second of every channel. */
  get billedMs(): number {
    return Math.ceil(this.audioMs / 1000) * 1000 * (this.#hearing?.form.ask.channels ?? 0);
  }

  get openMs(): number {
    return this.#parts.clock.nowMs() - this.#openedMs;
  }

  get wordsHeard(): number {
    return this.#wordsHeard;
  }

  /** The first word it heard. */
  get firstWord(): FirstWord | undefined {
    return this.#firstWord;
  }

  /** Messages over the limit. */
  get oversized(): number {
    return this.#oversized;
  }

  /** A request as the client wrote it, or as protobuf decoded it. */
  message(request: unknown): void {
    if (this.#state === 'opening') this.#config(request);
    else if (this.#state === 'listening') this.#audio(request);
  }

  halfClose(): void {
    const before = this.#state;
    if (!this.#enter('half-close')) return;
    this.#strike(this.#parts.plan.take('half-close'));
    if (this.#state !== 'finishing') return;
    if (before === 'opening') this.#limit('config-first');
    else this.#finish();
  }

  /** The front has lost the stream, by the client's will or by a fault. Nothing more is said. */
  lost(how: string): void {
    this.#end(how);
  }

  #config(request: unknown): void {
    const { version, limits, manner, timeStepMs, wordTimes, requestId } = this.#parts;
    const asked = readConfig(version, request, limits);
    if (isStatus(asked)) {
      this.#fail(asked);
      return;
    }
    const ask = wordTimes ? asked : { ...asked, wordTimes, wordConfidence: false };
    const say = (reply: Reply): void => this.#reply(reply, ask);
    this.#hearing = {
      form: { ask, requestId, timeStepMs },
      samples: new Samples(ask),
      ear: new Ear(),
      transcriber: new Transcriber(manner, ask.sampleRateHertz, say),
    };
    this.#lastRequestMs = this.#parts.clock.nowMs();
    this.#enter('config');
  }

  #audio(request: unknown): void {
    const { version, limits, clock } = this.#parts;
    const audio = readAudio(version, request);
    if (isStatus(audio)) {
      this.#fail(audio);
      return;
    }
    if (audio.byteLength > limits.audioBytesMax) {
      this.#oversized += 1;
      this.#fail(oversized(audio.byteLength, limits.audioBytesMax));
      return;
    }
    if (this.#hearing === undefined) return;
    this.#lastRequestMs = clock.nowMs();
    this.#firstAudioMs ??= this.#lastRequestMs;
    this.#hear(this.#hearing, this.#hearing.samples.of(audio));
    const leadMs = this.audioMs - (clock.nowMs() - this.#firstAudioMs);
    if (leadMs > limits.leadMsMax) this.#limit('pace');
    this.#enter('audio');
  }

  /** Hears samples, and stops for faults at their exact place. */
  #hear({ ear, transcriber, form }: Hearing, samples: Int16Array): void {
    const { plan } = this.#parts;
    const start = ear.position;
    const end = start + samples.length;
    do {
      const faultAt = Math.ceil(((plan.nextAudioMs ?? Infinity) * form.ask.sampleRateHertz) / 1000);
      const until = Math.min(end, Math.max(faultAt, ear.position));
      const marks = ear.hear(samples.subarray(ear.position - start, until - start));
      this.#count(marks, form.ask.sampleRateHertz / 1000);
      transcriber.advance(marks, ear.position);
      this.#strike(plan.take('audio', this.audioMs + ROUNDING_MS));
    } while (this.#state === 'listening' && ear.position < end);
  }

  #count(marks: readonly Mark[], samplesPerMs: number): void {
    for (const mark of marks) {
      if (mark.kind !== 'word') continue;
      this.#wordsHeard += 1;
      const { number, startSample } = mark;
      this.#firstWord ??= { number, atMs: startSample / samplesPerMs };
    }
  }

  #finish(): void {
    const { latency } = this.#parts;
    this.#hearing?.transcriber.finish();
    this.#later(latency.tailMs, () => this.#send({ kind: 'billed', billedMs: this.billedMs }));
    this.#later(latency.tailMs, () => {
      this.#end('OK');
      this.#parts.sink.end({ code: 'OK', text: '' });
    });
  }

  /** Sends later what the client has asked for of a reply. */
  #reply(reply: Reply, ask: Ask): void {
    const { latency, plan } = this.#parts;
    if (reply.kind === 'activity') {
      if (ask.activity) this.#later(latency.activityMs, () => this.#send(reply));
      return;
    }
    const final = reply.portions.some((portion) => portion.final);
    if (!final && !ask.interim) return;
    const portions = ask.interim ? reply.portions : reply.portions.filter((each) => each.final);
    const wordsBefore = this.#finals > 0;
    const at = final ? 'final' : 'interim';
    const nth = final ? ++this.#finals : ++this.#interims;
    const faults = plan.take(at, nth);
    this.#strike(faults.filter(({ kind }) => kind === 'late'));
    this.#later(final ? latency.finalMs : latency.interimMs, () => {
      this.#send({ kind: 'results', portions }, wordsBefore);
      this.#strike(faults.filter(({ kind }) => kind !== 'late'));
    });
  }

  #later(latencyMs: number, run: () => void): void {
    if (this.#state === 'hung' || this.#state === 'ended') return;
    if (!this.#outflow.add(latencyMs, run)) this.#fail({ code: 'INTERNAL', text: TEXTS.INTERNAL });
  }

  #send(reply: Reply | Billed, wordsBefore = false): void {
    if (this.#hearing === undefined) return;
    this.#parts.sink.send(responseOf(reply, this.#hearing.form, wordsBefore));
  }

  #strike(faults: readonly Fault[]): void {
    for (const fault of faults) {
      if (this.#state === 'ended') return;
      this.#parts.struck(fault);
      switch (fault.kind) {
        case 'status':
          this.#fail({ code: fault.code, text: fault.text ?? TEXTS[fault.code] });
          break;
        case 'limit':
          this.#limit(fault.limit);
          break;
        case 'late':
          this.#outflow.delay(fault.ms);
          break;
        case 'hang':
          this.#outflow.clear();
          this.#enter('hang');
          break;
        default:
          this.#parts.sink.link(fault);
      }
    }
  }

  #limit(limit: EndName): void {
    this.#fail(ENDS[this.#parts.version][limit]);
  }

  /** Ends the stream with a status; what waited to be said is lost, as at Google. */
  #fail(status: Status): void {
    if (!this.#end(status.code)) return;
    this.#outflow.add(0, () => this.#parts.sink.end(status));
  }

  /** False when the stream had ended before. */
  #end(how: string): boolean {
    this.#outflow.clear();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    return this.#enter('end', how);
  }

  /** False when `event` is of no account in this state. */
  #enter(event: Event, how?: string): boolean {
    const state = next(this.#state, event);
    if (state === undefined) return false;
    this.#state = state;
    this.#parts.watch(event, how);
    return true;
  }

  /** Limits and scripted faults in wall time. A stream that hangs has none. */
  #after(delayMs: number, run: () => void): void {
    const timer = this.#parts.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      if (this.#state !== 'hung') run();
    });
    this.#timers.add(timer);
  }

  /** One timer that looks again when a request has come since, cheaper than one a request. */
  #watchIdle(delayMs: number): void {
    this.#after(delayMs, () => {
      if (this.#state === 'finishing') return;
      const { limits, clock } = this.#parts;
      const restMs = this.#lastRequestMs + limits.idleMs - clock.nowMs();
      if (restMs > 0) this.#watchIdle(restMs);
      else this.#limit('idle');
    });
  }
}
