/**
 * Talk: the audio part of a session, from the moment that `start` has said what the audio is.
 *
 * It puts the pieces together: intake → tape → upstream → settlement → delivery, and acks what is
 * received and settled. Whether and why a session ends is not its business: it tells its session.
 */
import type { FinalResult, SpeechConfig, Unsupported } from '../speech/recognizer.ts';
import type { Fault } from '../wire/fault.ts';
import { isFault } from '../wire/fault.ts';
import { FRAME_BYTES_MAX, msOf, SAMPLE_BYTES, samplesOf } from '../wire/limits.ts';
import type { GapReason, Ready, ServerMessage, Summary, Warning } from '../wire/message.ts';
import type { Ticket } from '../wire/ticket.ts';
import { Hearing } from './hearing.ts';
import { Intake } from './intake.ts';
import { Latency } from './latency.ts';
import { Ledger } from './ledger.ts';
import type { Look } from './look.ts';
import { lookOf } from './look.ts';
import { Pace } from './pace.ts';
import { Replays } from './reader.ts';
import type { SettlementEvents } from './settlement.ts';
import { LEAD_MS, Settlement } from './settlement.ts';
import { Signal, SYMPTOMS } from './signal.ts';
import { summaryOf } from './summary.ts';
import type { Surroundings } from './surroundings.ts';
import type { TalkEvents, Whose } from './talk-parts.ts';
import { Tape } from './tape.ts';
import { Telling } from './telling.ts';
import { Upstream } from './upstream.ts';
import { Window } from './window.ts';

/** Milliseconds: at most this often with news, at least this often while attached. */
const ACK = { everyMsMin: 200, everyMsMax: 1_000 } as const;
/** So many parts has a window, and audio of one is news. */
const WINDOW_PARTS = 4;
const NOTHING_HEARD = new Replays();
const OVERRUN = 'audio came beyond the window and was dropped: wait for an ack';

export class Talk implements SettlementEvents {
  readonly telling: Telling;
  readonly #parts: Surroundings;
  readonly #whose: Whose;
  readonly #events: TalkEvents;
  readonly #rate: number;
  readonly #tape: Tape;
  readonly #ledger: Ledger;
  readonly #settlement: Settlement;
  readonly #window: Window;
  readonly #intake: Intake;
  readonly #speech: SpeechConfig;
  /** There once anything was said, here or before: many only wait, and it is a third of what a session takes. */
  #upstream: Upstream | undefined;
  #hearing: Hearing | undefined;
  #ackedMs: number;
  /** What the last ack said, to see whether there is anything new. */
  #acked = { samples: 0, settled: 0, windowMs: 0 };
  #replayed = 0;

  constructor(parts: Surroundings, whose: Whose, speech: SpeechConfig, events: TalkEvents) {
    this.#parts = parts;
    this.#whose = whose;
    this.#events = events;
    this.#rate = speech.sampleRateHertz;
    this.#speech = speech;
    const { config, metrics, clock, tickets } = parts;
    const [{ session, holder, bond, from }, { encoding, sampleRateHertz: rate }] = [whose, speech];
    const tape = new Tape(from);
    const ledger = new Ledger(metrics.bookings(rate), from);
    const settlement = new Settlement({
      ...{ tape, ledger, leadSamples: samplesOf(LEAD_MS, rate), from },
      events: this,
    });
    this.#tape = tape;
    this.#ledger = ledger;
    this.#settlement = settlement;
    this.#window = new Window(parts.budget, config, rate, SAMPLE_BYTES[encoding]);
    this.#intake = new Intake({
      rule: { encoding, sampleRateHertz: rate, frameMsMax: config.frameMsMax },
      tape,
      ledger,
      window: this.#window,
      signal: new Signal(encoding, rate),
      skip: from?.into ?? 0,
    });
    // Written out, as all that each session has: a spread gives each object a hidden class of its own.
    const told = {
      clock,
      metrics,
      tickets,
      session,
      holder,
      bond,
      tape,
      ledger,
      settlement,
      sampleRateHertz: rate,
      keptBytesMax: config.keptBytesMax,
      events,
    };
    this.telling = new Telling(told, speech.words, from?.result ?? 0);
    this.#ackedMs = clock.nowMs();
    // Its first word may stand before what is settled: only a reader that was there before passes none.
    if (from !== undefined) this.#upstream = this.#newUpstream();
  }

  onFinal(final: FinalResult): void {
    this.telling.final(final);
  }

  onGap(start: number, end: number, reason: GapReason): void {
    this.telling.gap(start, end, reason);
  }

  #newUpstream(): Upstream {
    const { clock, random, recognizer, slots, overlaps, config, metrics } = this.#parts;
    const latency = new Latency(metrics, this.#tape, clock);
    const { telling } = this;
    this.#hearing = new Hearing({ metrics, telling, latency, events: this.#events });
    return new Upstream({
      clock,
      random,
      recognizer,
      slots,
      overlaps,
      metrics,
      fleet: this.#whose.fleet,
      config: this.#speech,
      limits: config,
      pace: new Pace(config, this.#rate, clock.nowMs()),
      tape: this.#tape,
      settlement: this.#settlement,
      events: this.#hearing,
    });
  }

  /** The session begins, here or at all. */
  ready(ignored: readonly Unsupported[]): void {
    const resumed = this.#whose.from === undefined ? false : 'taken';
    this.#parts.metrics.starts[resumed || 'new'] += 1;
    this.#ready(resumed, this.telling.token());
    for (const { field, message } of ignored) this.#warn('unsupported_option', message, field);
  }

  /** Another socket goes on for a device that has this token and the finals up to `seen`. */
  resume(ticket: Ticket, seen: number): void {
    this.#window.detach();
    this.#ready('held', this.telling.token(ticket));
    this.telling.again(ticket, seen);
    this.#upstream?.attach();
  }

  /** The socket is gone: within seconds the slot is free, and what isn't settled is kept. */
  detach(): void {
    this.#window.detach();
    this.#window.reserve(this.#tape.heldBytes);
    this.#upstream?.detach();
  }

  #ready(resumed: Ready['resumed'], resume: string): void {
    const ready: Ready = {
      type: 'ready',
      session: this.#whose.session,
      resumed,
      frame: this.#tape.frame + 1,
      result: this.telling.results + 1,
      windowMs: this.#intake.windowMs(),
      maxFrameBytes: FRAME_BYTES_MAX,
      maxFrameMs: this.#parts.config.frameMsMax,
      keepaliveMs: this.#parts.config.keepaliveMs,
      resume,
    };
    this.#intake.offered(ready);
    this.#acked.windowMs = ready.windowMs;
    this.#events.send(ready);
  }

  /** Copies what it keeps of `audio`. Answers what ends the session, if anything does. */
  frame(audio: Uint8Array, nowMs: number): Fault | undefined {
    this.#parts.metrics.frames += 1;
    const taken = this.#intake.frame(audio, nowMs);
    if (typeof taken === 'object' && isFault(taken)) return taken;
    if (taken === 'overrun') {
      if (this.#intake.warnsOfOverrun(nowMs)) this.#warn('too_fast', OVERRUN);
    } else if (taken !== 'taken') this.#warn(taken, SYMPTOMS[taken]);
    this.#wake();
    return undefined;
  }

  audioId(id: string): void {
    if (this.telling.audioId(id)) this.#tape.appendMarker('audioId');
  }

  finalize(): void {
    if (this.#tape.appendMarker('finalize')) this.#wake();
  }

  gap(ms: number, frames: number): void {
    this.#parts.metrics.missingSeconds += ms / 1000;
    this.#intake.gap(ms, frames);
    this.#wake();
  }

  finish(): void {
    if (this.#tape.appendMarker('finish')) this.#wake();
  }

  /** What ends the session when too much stands on the tape, markers included. */
  crowded(): Fault | undefined {
    return this.#intake.crowded();
  }

  handed(message: ServerMessage): void {
    this.#intake.handed(message);
    this.telling.handed(message);
  }

  tick(nowMs: number, attached: boolean): void {
    this.#window.reserve(this.#tape.heldBytes);
    const sinceMs = nowMs - this.#ackedMs;
    if (attached && sinceMs >= ACK.everyMsMin) this.#ack(nowMs, sinceMs >= ACK.everyMsMax);
    // Last: this may end the session.
    this.#upstream?.tick();
  }

  summary(): Summary {
    const { streams, samples: replayed } = this.#replays();
    const billedMs = this.#hearing?.billedMs ?? 0;
    const counts = { replayed, billedMs, streams, results: this.telling.results };
    return summaryOf(this.#ledger.sums(), counts, this.#rate);
  }

  /** What an operator sees of it. */
  look(nowMs: number): Look {
    const known = { nowMs, rate: this.#rate, windowMs: this.#acked.windowMs };
    const heard = { heardUpTo: this.#replays().furthest, openedMs: this.#upstream?.openedMs };
    return lookOf(this.#ledger.sums(), this.#settlement, heard, known);
  }

  /** The range that has no outcome, or nothing. */
  unsettled(): { from?: number; to?: number } {
    const [{ settled }, { end }] = [this.#settlement, this.#tape];
    return end > settled ? { from: msOf(settled, this.#rate), to: msOf(end, this.#rate) } : {};
  }

  /** Lets go of everything; what is unsettled is released. */
  close(): void {
    this.#upstream?.abort();
    this.#countReplayed();
    this.#settlement.release();
    this.#window.release();
  }

  #ack(nowMs: number, due: boolean): void {
    const { samples, settled, windowMs } = this.#acked;
    const isPart = this.#window.received - samples > (windowMs * this.#rate) / 1000 / WINDOW_PARTS;
    // The rest can wait for the next second, unless the device may have to wait for it.
    if (!due && !isPart && windowMs === this.#parts.config.windowMs) return;
    const { told, ticket } = this.telling.ack();
    const ack = this.#intake.ack(told, this.#replays().streams);
    const isNews = isPart || ack.settled !== settled || ack.windowMs !== windowMs;
    if (!isNews && !due && ticket === undefined) return;
    this.#intake.offered(ack);
    this.telling.sent(ack, ticket);
    this.#acked = { samples: this.#window.received, settled: ack.settled, windowMs: ack.windowMs };
    this.#ackedMs = nowMs;
    this.#countReplayed();
    this.#events.send(ack);
  }

  /** Something has come that may have to be heard. */
  #wake(): void {
    this.#upstream ??= this.#newUpstream();
    this.#upstream.wake();
  }

  #replays(): Replays {
    return this.#upstream?.replays ?? NOTHING_HEARD;
  }

  #warn(code: Warning['code'], message: string, field?: string): void {
    this.#events.send({ type: 'warning', code, ...(field !== undefined && { field }), message });
  }

  #countReplayed(): void {
    const { samples: replayed } = this.#replays();
    this.#parts.metrics.replayedSeconds += (replayed - this.#replayed) / this.#rate;
    this.#replayed = replayed;
  }
}
