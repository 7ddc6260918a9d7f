/**
 * Talk: the audio part of a session, from the moment that `start` has said what the audio is.
 *
 * It puts the pieces together: intake → tape → upstream → settlement → delivery, and acks what is
 * received and settled. Whether and why a session ends is not its business: it tells its session.
 */
import type { FinalResult, SpeechConfig, StreamFault, Unsupported } from '../speech/recognizer.ts';
import type { Fault } from '../wire/fault.ts';
import { isFault } from '../wire/fault.ts';
import { FRAME_BYTES_MAX, msOf, SAMPLE_BYTES, samplesOf } from '../wire/limits.ts';
import type { ServerMessage, Summary, Warning } from '../wire/message.ts';
import { Delivery } from './delivery.ts';
import { Intake } from './intake.ts';
import type { Sums } from './ledger.ts';
import { Ledger } from './ledger.ts';
import { Pace } from './pace.ts';
import { Settlement } from './settlement.ts';
import { Signal } from './signal.ts';
import type { Device, Surroundings } from './surroundings.ts';
import { Tape } from './tape.ts';
import { Upstream } from './upstream.ts';
import { Window } from './window.ts';

/** Milliseconds: at most this often on change, at least this often while attached. */
const ACK = { everyMsMin: 200, everyMsMax: 1_000 } as const;

/** Google rounds the times of words to 100 ms. */
const REPLAY_LEAD_MS = 300;

const SYMPTOMS = {
  silent_audio: 'the audio is all zeros, expected sound: is the microphone muted or taken?',
  clipping: 'much of the audio is at full scale, expected less: is the gain too high?',
} as const;

export interface TalkParts extends Surroundings {
  readonly device: Device;
}

export interface TalkEvents {
  send(message: ServerMessage): void;
  onFinished(): void;
  onRefused(retryAfterMs: number): void;
  onFault(fault: StreamFault): void;
}

export class Talk {
  readonly #parts: TalkParts;
  readonly #events: TalkEvents;
  readonly #rate: number;
  readonly #tape: Tape;
  readonly #ledger: Ledger;
  readonly #settlement: Settlement;
  readonly #window: Window;
  readonly #intake: Intake;
  readonly #delivery: Delivery;
  readonly #upstream: Upstream;
  #ackedMs = 0;
  /** What the last ack said, to see whether there is anything new. */
  #acked = { received: 0, settled: 0, windowMs: 0 };
  #waiting = false;
  /** The end of the last final: an interim that begins after it is an utterance's first. */
  #saidUpTo = -1;
  #replayed = 0;
  #billedMs = 0;

  constructor(parts: TalkParts, speech: SpeechConfig, events: TalkEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#rate = speech.sampleRateHertz;
    const { config, metrics, clock } = parts;
    const { encoding, sampleRateHertz: rate } = speech;
    this.#tape = new Tape(samplesOf(REPLAY_LEAD_MS, rate));
    this.#ledger = new Ledger(metrics.bookings(rate));
    this.#settlement = new Settlement(this.#tape, this.#ledger, {
      onFinal: (final) => events.send(this.#delivery.final(final)),
      onGap: (start, end, reason) => events.send(this.#delivery.gap(start, end, reason)),
    });
    this.#window = new Window(parts.budget, config, rate, SAMPLE_BYTES[encoding]);
    this.#intake = new Intake({
      rule: { encoding, sampleRateHertz: rate, frameMsMax: config.frameMsMax },
      tape: this.#tape,
      ledger: this.#ledger,
      window: this.#window,
      signal: new Signal(encoding, rate),
      settlement: this.#settlement,
    });
    this.#delivery = new Delivery(rate, speech.words, this.#tape, this.#settlement);
    this.#upstream = this.#newUpstream(speech);
    this.#ackedMs = clock.nowMs();
  }

  #newUpstream(speech: SpeechConfig): Upstream {
    const { clock, random, recognizer, slots, overlaps, device, config, metrics } = this.#parts;
    const limits = { burstMs: config.paceBurstMs, speed: config.paceSpeed };
    return new Upstream({
      clock,
      random,
      recognizer,
      slots,
      overlaps,
      fleet: device.fleet,
      config: speech,
      limits: config,
      pace: new Pace(limits, speech.sampleRateHertz, clock.nowMs()),
      tape: this.#tape,
      settlement: this.#settlement,
      events: {
        onQueued: (position, etaMs) => this.#queued(position, etaMs),
        onOpened: (cause) => {
          metrics.streams[cause] += 1;
          if (this.#waiting) this.#queued(0, 0);
        },
        onCut: (how) => {
          metrics.cuts[how] += 1;
        },
        onBilled: (billedMs) => {
          metrics.billedSeconds += billedMs / 1000;
          this.#billedMs += billedMs;
        },
        onInterim: (interim) => this.#interim(interim),
        onFinal: (final) => this.#final(final),
        onFinished: this.#events.onFinished,
        onRefused: this.#events.onRefused,
        onFault: this.#events.onFault,
      },
    });
  }

  ready(session: string, ignored: readonly Unsupported[]): void {
    const { config } = this.#parts;
    const ready = {
      type: 'ready' as const,
      session,
      resumed: false as const,
      frame: 1,
      result: 1,
      windowMs: this.#intake.windowMs(),
      maxFrameBytes: FRAME_BYTES_MAX,
      maxFrameMs: config.frameMsMax,
      keepaliveMs: config.keepaliveMs,
    };
    this.#intake.offered(ready);
    this.#acked.windowMs = ready.windowMs;
    this.#events.send(ready);
    for (const { field, message } of ignored) this.#warn('unsupported_option', message, field);
  }

  /** Takes ownership of `audio`. Answers what ends the session, if anything does. */
  frame(audio: Uint8Array, nowMs: number): Fault | undefined {
    this.#parts.metrics.frames += 1;
    const taken = this.#intake.frame(audio, nowMs);
    if (typeof taken === 'object' && isFault(taken)) return taken;
    if (taken === 'overrun') this.#overrun(nowMs);
    else if (taken !== 'taken') this.#warn(taken, SYMPTOMS[taken]);
    this.#upstream.wake();
    return undefined;
  }

  audioId(id: string): void {
    if (this.#delivery.audioId(id)) this.#tape.appendMarker('audioId');
  }

  finalize(): void {
    if (this.#tape.appendMarker('finalize')) this.#upstream.wake();
  }

  gap(ms: number, frames: number): void {
    this.#parts.metrics.missingSeconds += ms / 1000;
    this.#intake.gap(ms, frames);
    this.#upstream.wake();
  }

  finish(): void {
    if (this.#tape.appendMarker('finish')) this.#upstream.wake();
  }

  /** What ends the session when too much stands on the tape, markers included. */
  crowded(): Fault | undefined {
    return this.#intake.crowded();
  }

  /** The socket is gone: settles what a stream has begun to hear. False: there is nothing to wait for. */
  leave(): boolean {
    if (this.#upstream.queued) return false;
    this.finish();
    return true;
  }

  handed(message: ServerMessage): void {
    this.#intake.handed(message);
  }

  tick(nowMs: number, attached: boolean): void {
    this.#window.reserve(this.#tape.heldBytes);
    const sinceMs = nowMs - this.#ackedMs;
    if (attached && sinceMs >= ACK.everyMsMin) this.#ack(nowMs, sinceMs >= ACK.everyMsMax);
    // Last: this may end the session.
    this.#upstream.tick();
  }

  /** Each duration is the difference of two places in milliseconds, so that the sums balance. */
  summary(): Summary {
    const { received, transcribed, silent, dropped, released, missing } = this.#ledger.sums();
    const { streams, replayed } = this.#upstream.counts;
    let place = 0;
    const next = (samples: number): number => {
      const start = msOf(place, this.#rate);
      place += samples;
      return msOf(place, this.#rate) - start;
    };
    return {
      type: 'summary',
      receivedMs: msOf(received, this.#rate),
      transcribedMs: next(transcribed),
      silentMs: next(silent),
      droppedMs: { overrun: next(dropped.overrun), upstream: next(dropped.upstream) },
      releasedMs: next(released),
      missingMs: msOf(missing, this.#rate),
      replayedMs: msOf(replayed, this.#rate),
      billedMs: this.#billedMs,
      streams,
      results: this.#delivery.results,
    };
  }

  sums(): Sums {
    return this.#ledger.sums();
  }

  /** The range that has no outcome, or nothing. */
  unsettled(): { from?: number; to?: number } {
    const { settled } = this.#settlement;
    const { end } = this.#tape;
    return end > settled ? { from: msOf(settled, this.#rate), to: msOf(end, this.#rate) } : {};
  }

  /** Lets go of everything; what is unsettled is released. */
  close(): void {
    this.#upstream.abort();
    this.#countReplayed();
    this.#settlement.release();
    this.#window.release();
  }

  #ack(nowMs: number, due: boolean): void {
    const ack = this.#intake.ack();
    const { received, settled, windowMs } = this.#acked;
    const changed =
      ack.received !== received || ack.settled !== settled || ack.windowMs !== windowMs;
    if (!changed && !due) return;
    this.#acked = ack;
    this.#ackedMs = nowMs;
    this.#countReplayed();
    this.#events.send(ack);
  }

  #queued(position: number, etaMs: number | null): void {
    this.#waiting = position > 0;
    this.#events.send({ type: 'queued', position, etaMs });
  }

  #interim(interim: Parameters<Delivery['interim']>[0]): void {
    if (interim.startSample >= this.#saidUpTo) {
      this.#observe(this.#parts.metrics.firstInterim, interim.startSample + 1);
      this.#saidUpTo = interim.endSample;
    }
    this.#events.send(this.#delivery.interim(interim));
  }

  /** Before it is settled: the tape still knows when its audio came. */
  #final(final: FinalResult): void {
    this.#saidUpTo = final.endSample;
    if (final.degraded === true) this.#parts.metrics.finalsDegraded += 1;
    this.#observe(this.#parts.metrics.final, final.endSample);
  }

  #observe(latency: { observe(seconds: number): void }, sample: number): void {
    const arrivedMs = this.#tape.arrivedMs(sample);
    if (arrivedMs === undefined) return;
    latency.observe((this.#parts.clock.nowMs() - arrivedMs) / 1000);
  }

  #overrun(nowMs: number): void {
    if (!this.#intake.warnsOfOverrun(nowMs)) return;
    this.#warn('too_fast', 'audio came beyond the window and was dropped: wait for an ack');
  }

  #warn(code: Warning['code'], message: string, field?: string): void {
    this.#events.send({ type: 'warning', code, ...(field !== undefined && { field }), message });
  }

  #countReplayed(): void {
    const { replayed } = this.#upstream.counts;
    this.#parts.metrics.replayedSeconds += (replayed - this.#replayed) / this.#rate;
    this.#replayed = replayed;
  }
}
