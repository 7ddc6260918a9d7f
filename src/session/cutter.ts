/**
 * Cutter: ends the part of the tape that the open leg hears, when and where that is due.
 *
 * Because the device asks for it or is lost, since nothing comes, or since its stream is old or has heard
 * too much without a final. What the next leg begins with is the upstream's business: it is told.
 */
import type { CutWord } from '../metrics.ts';
import { samplesOf } from '../wire/limits.ts';
import type { Place } from './ageing.ts';
import { Ageing } from './ageing.ts';
import type { Cut } from './cuts.ts';
import { Cuts } from './cuts.ts';
import type { Leg } from './leg.ts';
import type { Rest } from './reader.ts';
import type { Relay } from './relay.ts';
import type { UpstreamParts } from './upstream-parts.ts';

/** Of a pause, heard by the next stream too: half of what makes one. */
const ONSET_MS = 150;

export class Cutter {
  readonly #parts: UpstreamParts;
  readonly #relay: Relay;
  readonly #onCut: (from: number, rest: Rest) => void;
  readonly #cuts: Cuts;
  readonly #ageing: Ageing;

  /** `onCut` says where the next leg begins, and what before that it hears again, before this one is closed. */
  constructor(parts: UpstreamParts, relay: Relay, onCut: (from: number, rest: Rest) => void) {
    this.#parts = parts;
    this.#relay = relay;
    this.#onCut = onCut;
    this.#cuts = new Cuts(parts.limits.settleMsMax, parts.config.sampleRateHertz);
    this.#ageing = new Ageing(parts);
  }

  /** A new audio id begins at session sample `start`. */
  audioId(start: number): void {
    this.#cuts.audioId(start);
  }

  /** The leg has heard a frame. */
  heard(leg: Leg): void {
    const { settled } = this.#parts.settlement;
    this.#follow(leg, this.#cuts.heard(leg.reader.at, Math.max(leg.from, settled)));
  }

  /**
   * The device wants all before session sample `place`, where the leg stands. False: stands there until
   * it may cut. Of those that wait the last one counts.
   */
  finalize(place: number): boolean {
    const leg = this.#relay.open;
    const isSettled = this.#parts.settlement.settled >= place;
    if (leg === undefined || isSettled || leg.reader.hasCutAhead) return true;
    if (!this.#cuts.mayFinalize(this.#parts.clock.nowMs())) return false;
    this.#follow(leg, 'finalize');
    return true;
  }

  /** Some time has passed. `isAtEnd`: there is nothing for the leg to hear. */
  check(nowMs: number, isAtEnd: boolean): void {
    const leg = this.#relay.open;
    if (leg === undefined) return;
    const isIdle = isAtEnd && nowMs - leg.wroteMs >= this.#parts.limits.streamIdleMsMax;
    if (isIdle) this.#close(leg, this.#ageing.idle(leg, this.#relay.wordTimes));
    else if (this.#relay.hasRoom) this.#follow(leg, this.#ageing.due(leg, nowMs));
  }

  /**
   * The device is lost. No leg is left that waits for a stream or can't be cut; answers where the next
   * one has to begin instead, if there was any.
   */
  part(): number | undefined {
    const { legs, open: leg, wordTimes } = this.#relay;
    if (legs.some(({ isRetrying }) => isRetrying)) return this.#relay.drop();
    if (leg === undefined) return undefined;
    const place = this.#ageing.parting(leg, wordTimes);
    if (place !== undefined) {
      this.#close(leg, place);
      return undefined;
    }
    const from = this.#relay.again(leg);
    this.#relay.remove(leg);
    return from;
  }

  #follow(leg: Leg, cut: Cut): void {
    const { at } = leg.reader;
    if (cut === 'endpoint') leg.endpoint();
    else if (cut === 'settle') this.#close(leg, this.#ageing.place(leg, this.#relay.wordTimes));
    else if (cut !== undefined) this.#close(leg, { how: cut, from: at, cut: at });
  }

  /** No audio from here on is for this leg. */
  #close(leg: Leg, { how, from, cut }: Place): void {
    this.#cuts.done(this.#parts.clock.nowMs());
    this.#onCut(from, { lead: this.#leadOf(how) });
    leg.close(cut, how, this.#parts.limits.drainMsMax);
  }

  /** Where it is quiet: the next word may have begun, so softly that it doesn't show. */
  #leadOf(how: CutWord): number {
    const { recognizer, config } = this.#parts;
    const isQuiet = how === 'pause' || how === 'idle';
    if (!isQuiet || recognizer.rotation === undefined) return 0;
    return samplesOf(ONSET_MS, config.sampleRateHertz);
  }
}
