/**
 * Upstream: one session's audio on its way to the recognizer, stream after stream.
 *
 * It reads the tape leg by leg, holds a slot while there is a stream, and has the relay say what
 * became of the audio. A stream that fails is replaced, and the new one hears the tape from where
 * nothing is settled. It waits for nothing by itself: `wake()` says there is more, `tick()` that time
 * has passed. Its states are in state.ts.
 */
import { strict as assert } from 'node:assert';
import type { StreamFault } from '../speech/recognizer.ts';
import { urgency } from '../speech/rotation.ts';
import { Claim } from './claim.ts';
import type { Cut } from './cuts.ts';
import { Cuts } from './cuts.ts';
import { Leg } from './leg.ts';
import { Quiet } from './quiet.ts';
import { Reader, Replays } from './reader.ts';
import { Relay } from './relay.ts';
import { Retry } from './retry.ts';
import type { UpstreamState } from './state.ts';
import { UPSTREAM_NEXT } from './state.ts';
import type { AudioEntry, Entry } from './tape.ts';
import type { UpstreamParts } from './upstream-parts.ts';

const LEGS_MAX = 2; // one that ends and one that takes over

export class Upstream {
  readonly #parts: UpstreamParts;
  readonly #claim: Claim;
  readonly #relay: Relay;
  readonly #cuts: Cuts;
  readonly #retry: Retry;
  readonly #quiet: Quiet;
  readonly #replays = new Replays();
  readonly #jitter: number;
  #state: UpstreamState = 'idle';
  /** Where the next leg begins, while none is open. */
  #rest: Reader;
  #streams = 0;
  #finishDueMs: number | undefined;

  constructor(parts: UpstreamParts) {
    this.#parts = parts;
    const { slots, overlaps, fleet, events, settlement, limits, config } = parts;
    this.#claim = new Claim(slots, overlaps, fleet, {
      onGranted: () => {
        this.#become('live');
        this.wake();
      },
      onQueued: events.onQueued,
      onRefused: (retryAfterMs) => {
        this.abort();
        events.onRefused(retryAfterMs);
      },
    });
    this.#relay = new Relay(settlement, events);
    this.#cuts = new Cuts(limits.settleMsMax, config.sampleRateHertz);
    this.#retry = new Retry(limits.retriesMax);
    this.#quiet = new Quiet(parts.tape, config.encoding, config.sampleRateHertz);
    this.#rest = new Reader(parts.tape, 0);
    this.#jitter = parts.random();
  }

  /** Whether it waits for a slot. */
  get queued(): boolean {
    return this.#state === 'queued';
  }

  /** Streams opened, and samples that more than one heard, each further time counted. */
  get counts(): { readonly streams: number; readonly replayed: number } {
    return { streams: this.#streams, replayed: this.#replays.samples };
  }

  /** There is more on the tape, or more may be sent. */
  wake(): void {
    for (const leg of [...this.#relay.legs]) leg.pump();
    for (let entry = this.#entry(); entry !== undefined; entry = this.#entry()) {
      if (!this.#step(entry)) return;
    }
  }

  /** Call several times a second while the session lives. */
  tick(): void {
    if (this.#state === 'ended') return;
    const nowMs = this.#parts.clock.nowMs();
    for (const leg of [...this.#relay.legs]) leg.tick(nowMs);
    this.#checkHold(nowMs);
    this.#checkOpen(nowMs);
    this.#checkFinish(nowMs);
    this.wake();
  }

  /** Ends at once: streams are aborted, slots given back, the queue left. Nothing fires after. */
  abort(): void {
    if (this.#state === 'ended') return;
    this.#become('ended');
    for (const leg of this.#relay.legs) leg.abort();
    this.#claim.free();
  }

  #become(state: UpstreamState): void {
    assert(UPSTREAM_NEXT[this.#state].includes(state), `${this.#state} then ${state}`);
    this.#state = state;
  }

  get #front(): Reader {
    return this.#relay.open?.reader ?? this.#rest;
  }

  #entry(): Entry | undefined {
    return this.#state === 'ended' ? undefined : this.#front.entry;
  }

  /** Whether the reader went on to the next entry. */
  #step(entry: Entry): boolean {
    switch (entry.kind) {
      case 'audio':
        return this.#hear(entry);
      case 'finalize':
        this.#finalize(entry);
        return this.#pass(entry);
      case 'finish':
        return this.#finish(entry);
      case 'audioId':
        this.#cuts.audioId(entry.start);
        return this.#pass(entry);
      case 'gap':
        return this.#pass(entry);
    }
  }

  #pass(entry: Entry): true {
    const front = this.#front;
    front.pass(entry);
    this.#parts.settlement.pass(front.index, front.at);
    return true;
  }

  #hear(entry: AudioEntry): boolean {
    const leg = this.#relay.open ?? this.#nextLeg();
    if (leg === undefined || !leg.hear(entry)) return false;
    const { reader } = leg;
    const { settlement } = this.#parts;
    settlement.pass(reader.index, reader.at);
    this.#follow(leg, this.#cuts.heard(reader.at, Math.max(leg.from, settlement.settled)));
    return true;
  }

  /** A leg for the audio that comes next, if there is a slot for its stream. */
  #nextLeg(): Leg | undefined {
    if (this.#state === 'idle') {
      this.#become('queued');
      this.#claim.ask(this.#streams > 0 ? 'returning' : 'newcomer');
    }
    if (this.#state !== 'live') return undefined;
    const { length } = this.#relay.legs;
    if (length >= LEGS_MAX || (length > 0 && !this.#claim.overlap())) return undefined;
    return this.#newLeg(this.#rest.at);
  }

  #newLeg(from: number): Leg {
    const leg = new Leg(from, this.#parts, this.#replays, {
      onSaid: (of, said) => this.#relay.said(of, said),
      onOpened: () => {
        this.#streams += 1;
        this.#parts.events.onOpened();
      },
      onDrain: () => this.wake(),
      onEnded: (of) => this.#ended(of),
      onFailed: (of, fault) => this.#failed(of, fault),
    });
    this.#relay.add(leg);
    leg.open();
    return leg;
  }

  #finalize(entry: Entry): void {
    const leg = this.#relay.open;
    if (leg === undefined || this.#parts.settlement.settled >= entry.start) return;
    this.#follow(leg, this.#cuts.finalize(this.#parts.clock.nowMs()));
  }

  #follow(leg: Leg, cut: Cut): void {
    if (cut === 'endpoint') leg.endpoint();
    else if (cut === 'settle') this.#hardCut(leg);
    else if (cut === 'cut') this.#close(leg, leg.reader.at, leg.reader.at);
  }

  /** No audio from here on is for this leg; the next one begins at `from`, and its words at `cut`. */
  #close(leg: Leg, from: number, cut: number): void {
    this.#cuts.done(this.#parts.clock.nowMs());
    this.#rest = new Reader(this.#parts.tape, from);
    leg.close(cut, this.#parts.limits.drainMsMax);
  }

  /** In the middle of speech: both streams hear the quietest place, where words can tell them apart. */
  #hardCut(leg: Leg): void {
    const { at } = leg.reader;
    const place = this.#parts.recognizer.rotation && this.#quiet.quietest(leg.from, at);
    this.#close(leg, place?.from ?? at, place?.cut ?? at);
  }

  /** Stands at the marker until all before it is settled. */
  #finish(entry: Entry): boolean {
    const leg = this.#relay.open;
    if (leg !== undefined) {
      this.#finishDueMs = this.#parts.clock.nowMs() + this.#parts.limits.finishMsMax;
      this.#rest = new Reader(this.#parts.tape, leg.reader.at);
      // Until #finishDueMs, whatever the stream does.
      leg.close(leg.reader.at, Number.POSITIVE_INFINITY);
    }
    if (this.#state !== 'idle' || this.#parts.settlement.settled < entry.start) return false;
    this.#pass(entry);
    this.abort();
    this.#parts.events.onFinished();
    return false;
  }

  #ended(leg: Leg): void {
    this.#relay.ended(leg);
    this.#proceed();
  }

  /** A leg has left: its slot is for the next one, or goes back. */
  #proceed(): void {
    if (this.#state === 'ended') return;
    if (this.#relay.legs.length < LEGS_MAX) this.#claim.single();
    if (this.#relay.legs.length === 0 && !this.#front.hasAudio) {
      this.#become('idle');
      this.#claim.free();
    }
    this.wake();
  }

  #failed(leg: Leg, fault: StreamFault): void {
    const { settlement, events, clock, random } = this.#parts;
    const waitMs = this.#retry.failed(settlement.settled, random());
    if (fault.kind !== 'transient' || waitMs === undefined) {
      this.#relay.rescue();
      this.abort();
      events.onFault(fault);
      return;
    }
    this.#finishDueMs = undefined;
    const from = this.#relay.again(leg);
    const heard = settlement.settled >= leg.reader.at && !leg.reader.hasAudio;
    if (!leg.isOpen || !heard) {
      leg.retry(from, clock.nowMs() + waitMs);
      return;
    }
    this.#rest = new Reader(this.#parts.tape, leg.reader.at);
    this.#relay.remove(leg);
    this.#proceed();
  }

  #checkOpen(nowMs: number): void {
    const leg = this.#relay.open;
    if (leg === undefined) return;
    const idle = nowMs - leg.wroteMs >= this.#parts.limits.streamIdleMsMax;
    if (idle && this.#entry() === undefined) this.#follow(leg, 'cut');
    else if (this.#cuts.due(nowMs) !== undefined) this.#follow(leg, 'cut');
    else this.#checkAge(leg, nowMs);
  }

  #checkAge(leg: Leg, nowMs: number): void {
    const { recognizer, settlement } = this.#parts;
    if (this.#relay.legs.length >= LEGS_MAX) return;
    const need = urgency(recognizer.rotation, nowMs - leg.openedMs, this.#jitter);
    if (need === 'none') return;
    const from = Math.max(leg.from, settlement.settled);
    if (this.#quiet.isPause(from, leg.reader.at)) this.#follow(leg, 'cut');
    else if (need === 'now') this.#hardCut(leg);
  }

  /** The results of a leg wait only so long for those of the one before it. */
  #checkHold(nowMs: number): void {
    const [head, next] = this.#relay.legs;
    if (head?.cut === undefined || next === undefined) return;
    if (nowMs - next.openedMs < this.#parts.limits.holdMsMax) return;
    head.abort();
    this.#relay.giveUp(head.cut);
    this.#ended(head);
  }

  /** Once no more audio follows, the rest is given up in time, whatever the recognizer does. */
  #checkFinish(nowMs: number): void {
    const { tape, limits, pace, settlement, events } = this.#parts;
    if (tape.at(tape.endIndex - 1)?.kind !== 'finish' || this.#state !== 'live') {
      this.#finishDueMs = undefined;
      return;
    }
    const unsent = tape.audioBetween((this.#relay.legs[0]?.reader ?? this.#rest).at, tape.end);
    this.#finishDueMs ??= nowMs + pace.waitMs(unsent, nowMs) + limits.finishMsMax;
    if (nowMs < this.#finishDueMs) return;
    settlement.pass(tape.endIndex, tape.end);
    this.#relay.giveUp(tape.end);
    this.abort();
    events.onFinished();
  }
}
