/**
 * Upstream: one session's audio on its way to the recognizer, stream after stream.
 *
 * It reads the tape leg by leg, claims a slot while there is anything to hear, and has the relay say what
 * became of the audio. After a failure another stream hears what isn't settled. States: state.ts.
 */
import type { StreamCause } from '../metrics.ts';
import type { StreamFault } from '../speech/recognizer.ts';
import { isRotation } from './ageing.ts';
import { Claim } from './claim.ts';
import { Cutter } from './cutter.ts';
import type { AudioEntry, Entry } from './entry.ts';
import { FinishLimit } from './finish-limit.ts';
import { Leg } from './leg.ts';
import type { Rest } from './reader.ts';
import { Reader, Replays } from './reader.ts';
import { Relay } from './relay.ts';
import type { Again } from './retry.ts';
import { Retry } from './retry.ts';
import { UPSTREAM_READS } from './state.ts';
import type { UpstreamParts } from './upstream-parts.ts';

export class Upstream {
  readonly #parts: UpstreamParts;
  readonly #claim: Claim;
  readonly #relay: Relay;
  readonly #cutter: Cutter;
  readonly #retry: Retry;
  readonly #finishLimit: FinishLimit;
  readonly replays = new Replays();
  /** Where the next leg begins, while none is open. */
  #rest: Reader;
  /** Why its stream will be opened. */
  #cause: StreamCause = 'start';
  /** By when the streams of a device that is lost have to be over. */
  #partByMs = 0;

  constructor(parts: UpstreamParts) {
    this.#parts = parts;
    const { events, settlement, limits, tape } = parts;
    this.#claim = new Claim(parts, {
      onGranted: () => this.tick(),
      leftMs: () => this.#finishLimit.leftMs(this.#heardUpTo(), parts.clock.nowMs()),
      onQueued: (position, etaMs) => events.onQueued(position, etaMs),
      onRefused: (retryAfterMs) => {
        this.abort();
        events.onRefused(retryAfterMs);
      },
    });
    this.#relay = new Relay(settlement, events);
    this.#cutter = new Cutter(parts, this.#relay, (at, rest) => this.#restAt(at, 'rotation', rest));
    this.#retry = new Retry(limits.retriesMax, limits.queueWaitMsMax);
    this.#finishLimit = new FinishLimit(parts);
    this.#rest = new Reader(tape, settlement.replayFrom, { until: settlement.settled });
  }

  /** When the newest of its streams was opened. */
  get openedMs(): number | undefined {
    return this.#relay.legs.at(-1)?.openedMs;
  }

  /** There is more on the tape, or more may be sent. */
  wake(): void {
    if (this.#relay.hasClosed) for (const leg of [...this.#relay.legs]) leg.pump();
    let entry = this.#entry();
    while (entry !== undefined && this.#step(entry)) entry = this.#entry();
  }

  /** Call several times a second while the session lives. */
  tick(): void {
    const nowMs = this.#parts.clock.nowMs();
    this.#relay.tick(nowMs);
    if (this.#isOver()) return;
    if (!this.#isParting()) this.#check(nowMs);
    else if (nowMs >= this.#partByMs) this.#restart(this.#relay.drop());
    this.wake();
  }

  /** Nobody listens: within `drainMsMax` the streams have ended, and the slot is free. */
  detach(): void {
    this.#claim.part();
    this.#partByMs = this.#parts.clock.nowMs() + this.#parts.limits.drainMsMax;
    this.#finishLimit.clear();
    this.#restart(this.#cutter.part());
  }

  /** Somebody listens again: what has no outcome is heard. */
  attach(): void {
    this.#claim.rejoin();
    this.wake();
  }

  /** Ends at once: streams are aborted, slots given back, the queue left. Nothing fires after. */
  abort(): void {
    if (this.#isOver()) return;
    this.#claim.end();
    for (const leg of this.#relay.legs) leg.abort();
  }

  #isOver(): boolean {
    return this.#claim.state === 'ended';
  }

  /** Whether its streams are the last ones. Like the others no getter: V8 calls private ones by its runtime. */
  #isParting(): boolean {
    return this.#claim.state === 'parting';
  }

  #front(): Reader {
    return this.#relay.open?.reader ?? this.#rest;
  }

  /** The session sample up to which the first leg has heard, or from which the next one will. */
  #heardUpTo(): number {
    return (this.#relay.legs[0]?.reader ?? this.#rest).at;
  }

  #entry(): Entry | undefined {
    return UPSTREAM_READS[this.#claim.state] ? this.#front().entry : undefined;
  }

  #restAt(place: number, cause: StreamCause, rest?: Rest): void {
    this.#rest = new Reader(this.#parts.tape, place, rest);
    this.#cause = cause;
  }

  /** Whether there is more to do: the reader went on, or a leg has begun. */
  #step(entry: Entry): boolean {
    switch (entry.kind) {
      case 'audio':
        return this.#hear(entry);
      case 'finalize':
        return this.#cutter.finalize(entry.start) && this.#pass(entry);
      case 'finish':
        return this.#finish(entry);
      case 'audioId':
        this.#cutter.audioId(entry.start);
        return this.#pass(entry);
      case 'gap':
        return this.#pass(entry);
    }
  }

  #pass(entry: Entry): true {
    const front = this.#front();
    front.pass(entry);
    this.#parts.settlement.pass(front.index, front.at);
    return true;
  }

  #hear(entry: AudioEntry): boolean {
    const { tape, settlement } = this.#parts;
    // Nothing new is to be heard, and what is settled isn't worth a stream.
    if (this.#claim.state === 'idle' && settlement.settled >= tape.end)
      return this.#front().hasCutAhead && this.#pass(entry);
    const leg = this.#relay.open;
    if (leg === undefined) return this.#nextLeg(); // and then what it begins with
    if (!leg.hear(entry)) return false;
    settlement.pass(leg.reader.index, leg.reader.at);
    this.#cutter.heard(leg);
    return true;
  }

  /** Opens a leg for the audio that comes next, if its stream may start. */
  #nextLeg(): boolean {
    const { legs, hasRoom } = this.#relay;
    const mayStart = legs.length === 0 ? this.#claim.mayStart() : hasRoom && this.#claim.overlap();
    return mayStart && this.#newLeg();
  }

  #newLeg(): true {
    const leg = new Leg(this.#rest.begin(), this.#parts, this.replays, {
      onSaid: (of, said) => {
        if (said.kind !== 'silence') this.#claim.answered();
        this.#relay.said(of, said);
      },
      onDrain: () => this.wake(),
      onEnded: (of) => this.#left(of),
      onFailed: (of, fault) => this.#failed(of, fault),
      mayRetry: (isCharged) => this.#claim.mayRetry(isCharged, this.#relay.legs.length),
    });
    this.#relay.add(leg);
    leg.open(this.#cause);
    this.#checkLive();
    return true;
  }

  /** Stands at the marker until all is settled. */
  #finish(entry: Entry): boolean {
    const leg = this.#relay.open;
    if (leg !== undefined) {
      this.#finishLimit.begin(this.#parts.clock.nowMs());
      this.#rest = new Reader(this.#parts.tape, leg.reader.at);
      // Until the finish limit, whatever the stream does.
      leg.close(leg.reader.at, 'finish', Number.POSITIVE_INFINITY);
    }
    if (this.#claim.state !== 'idle' || this.#parts.settlement.settled < entry.start) return false;
    this.#pass(entry);
    this.abort();
    this.#parts.events.onFinished();
    return false;
  }

  #left(leg: Leg): void {
    if (leg.how !== undefined) this.#parts.metrics.cuts[leg.how] += 1;
    this.#relay.ended(leg);
    const { replayFrom } = this.#parts.settlement;
    if (leg.how === 'plain') this.#rest.skipTo(leg.cut ?? 0);
    if (leg.how === 'stall') this.#restAt(replayFrom, 'start', { until: leg.reader.at });
    // Not only with the next audio: else its slot would go to somebody who waits.
    const isIdle = !this.#relay.legs.length && !this.#entry() && this.#claim.hasStart;
    if (isIdle && isRotation(leg.how)) this.#nextLeg();
    this.#proceed();
  }

  /** A leg has left: its slot is for the next one, or goes back. */
  #proceed(): void {
    if (this.#isOver()) return;
    if (this.#relay.hasRoom) this.#claim.single();
    if (this.#relay.legs.length === 0 && (this.#isParting() || !this.#front().hasAudio)) {
      this.#cause = 'start';
      this.#claim.free();
    }
    this.wake();
  }

  /** Streams are gone that have not said all: another one will hear it again, from there. */
  #restart(from: number | undefined): void {
    if (from !== undefined) this.#restAt(from, 'start', { until: this.#parts.settlement.settled });
    this.#proceed();
  }

  #failed(leg: Leg, fault: StreamFault): void {
    if (this.#isParting()) {
      this.#restart(this.#relay.drop());
      return;
    }
    const { settlement, clock, random, events, limits } = this.#parts;
    const nowMs = clock.nowMs();
    const next = this.#retry.after(fault.kind, settlement.settled, random(), nowMs);
    if ('waitMs' in next) {
      this.#again(leg, next, nowMs);
      return;
    }
    this.#relay.rescue();
    this.abort();
    if (next.what === 'refuse') events.onRefused(limits.queueWaitMsMax);
    else events.onFault(fault);
  }

  #again(leg: Leg, next: Again, nowMs: number): void {
    const { settlement } = this.#parts;
    this.#finishLimit.clear();
    const from = this.#relay.again(leg);
    const queues = next.what === 'queue' && this.#relay.legs.length === 1;
    if (leg.isOpen && settlement.settled >= leg.reader.at && !leg.reader.hasAudio) {
      this.#restAt(leg.reader.at, 'retry');
      this.#relay.remove(leg);
      if (queues) this.#claim.close(next.waitMs);
      this.#proceed();
      return;
    }
    leg.retry(from, nowMs + next.waitMs, next.isCharged);
    if (queues) this.#claim.giveWay(next.waitMs);
  }

  #check(nowMs: number): void {
    this.#checkLive();
    this.#checkHold(nowMs);
    this.#cutter.check(nowMs, this.#entry() === undefined);
    this.#checkFinish(nowMs);
  }

  #checkLive(): void {
    const leg = this.#relay.legs.at(-1);
    if (leg !== undefined && this.#claim.isLive(leg.openedMs)) this.#parts.events.onLive();
  }

  /** The results of a leg wait only so long for those of the one before it. */
  #checkHold(nowMs: number): void {
    const [head, next] = this.#relay.legs;
    if (head?.cut === undefined || next === undefined) return;
    if (nowMs - next.openedMs < this.#parts.limits.holdMsMax) return;
    head.abort();
    this.#relay.giveUp(head.cut);
    this.#left(head);
  }

  /** Once no more audio follows, the rest is given up in time, whatever the recognizer does. */
  #checkFinish(nowMs: number): void {
    const { tape, settlement, events } = this.#parts;
    if (this.#claim.state !== 'live') this.#finishLimit.clear();
    else if (this.#finishLimit.isOver(this.#heardUpTo(), nowMs)) {
      settlement.pass(tape.endIndex, tape.end);
      this.#relay.giveUp(tape.end);
      this.abort();
      events.onFinished();
    }
  }
}
