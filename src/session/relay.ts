/**
 * Relay: the legs of a session in their order, and their results in that order.
 *
 * Two legs may be heard at once: an old one whose last results are still to come, and the one that
 * has taken over. Only the first one's results count; the other's are held until the first has ended
 * and the seam between them is known. Without word times there is no telling whose a word is: then the
 * one begins where the other ends, and what may have lost a word there is marked.
 */
import type { FinalResult, InterimResult } from '../speech/recognizer.ts';
import type { Leg, Said } from './leg.ts';
import { trim, unrepeated, unsaid, wholeEnd } from './seam.ts';
import type { Settlement } from './settlement.ts';

export interface RelayEvents {
  onInterim(interim: InterimResult): void;
  /** Comes before the settlement hears of it. */
  onFinal(final: FinalResult): void;
}

const LEGS_MAX = 2; // one that ends and one that takes over

/** Whether finals say where their words are, as the last one showed. */
export type WordTimes = 'unknown' | 'given' | 'missing';

export class Relay {
  readonly #settlement: Settlement;
  readonly #events: RelayEvents;
  readonly #legs: Leg[] = [];
  /** Of them the first and the last. Each frame asks for both, and an array lies elsewhere in memory (bench: ingest). */
  #head: Leg | undefined;
  #tail: Leg | undefined;
  readonly #held = new Map<Leg, Said[]>();
  readonly #ended = new Set<Leg>();
  /** Where the first leg's words begin, and where the last of them that was kept ends. */
  #seam: number;
  #spoken: number;
  /** Up to where the last final may say words of the next leg too. */
  #saidUpTo = 0;
  /** The last seam at which a word may be lost. */
  #blurred = -1;
  #wordTimes: WordTimes = 'unknown';
  #interim: InterimResult | undefined;

  constructor(settlement: Settlement, events: RelayEvents) {
    this.#settlement = settlement;
    this.#events = events;
    this.#seam = settlement.settled;
    this.#spoken = settlement.settled;
  }

  get legs(): readonly Leg[] {
    return this.#legs;
  }

  get wordTimes(): WordTimes {
    return this.#wordTimes;
  }

  /**
   * Whether another leg may take over now. After a stall, or if nobody knows yet whether words have
   * times, it waits for the last final of the one before: where it has to begin depends on that.
   */
  get hasRoom(): boolean {
    const [head] = this.#legs;
    const isBlind = this.#wordTimes === 'unknown' && head?.how === 'hard' && head.isDraining;
    return this.#legs.length < LEGS_MAX && !isBlind && head?.how !== 'stall';
  }

  /** Whether there are legs that are closed: they read by themselves. */
  get hasClosed(): boolean {
    return this.#head?.isOpen === false;
  }

  /** The leg that takes audio that comes now, if there is one: always the last. */
  get open(): Leg | undefined {
    const last = this.#tail;
    return last?.isOpen === true ? last : undefined;
  }

  tick(nowMs: number): void {
    // There are no others, by LEGS_MAX.
    const [head, tail] = [this.#head, this.#tail];
    head?.tick(nowMs);
    if (tail !== head) tail?.tick(nowMs);
  }

  add(leg: Leg): void {
    if (this.#legs.length === 0) this.#seam = Math.max(this.#seam, leg.from);
    this.#legs.push(leg);
    this.#changed();
  }

  said(leg: Leg, said: Said): void {
    if (said.kind === 'final') this.#timed(hasWords(said.final));
    if (leg === this.#head) this.#apply(leg, said);
    else this.#hold(leg, said);
  }

  /** A leg has said everything. It and those behind it that have too leave, in their order. */
  ended(leg: Leg): void {
    this.#ended.add(leg);
    for (let head = this.#head; head !== undefined && this.#ended.has(head); head = this.#head) {
      this.#settlement.silence(this.#seamAfter(head));
      this.#leave(head);
    }
  }

  /** A leg has to be heard again: what of it has no outcome, and all it said since, is forgotten. */
  again(leg: Leg): number {
    this.#held.delete(leg);
    if (leg !== this.#head) return leg.from;
    this.#seam = Math.max(this.#seam, this.#settlement.settled);
    return Math.max(leg.from, this.#settlement.replayFrom);
  }

  /** Before the first leg is given up: its live line goes out, marked, rather than vanish. */
  rescue(until = Number.POSITIVE_INFINITY): void {
    const interim = this.#interim;
    const { settled } = this.#settlement;
    if (interim === undefined || Math.min(interim.endSample, until) <= settled) return;
    const { text } = interim;
    const startSample = Math.max(interim.startSample, settled);
    const endSample = Math.min(interim.endSample, until);
    this.#final({ startSample, endSample, text, degraded: true });
    this.#saidUpTo = interim.endSample;
  }

  /** Gives up on all before `end` that has no outcome. */
  giveUp(end: number): void {
    this.rescue(end);
    this.#settlement.giveUp(end);
  }

  /**
   * All legs leave as they are, and what they would still have said is for the stream that hears their
   * audio again. Answers where that begins, or undefined when there was none.
   */
  drop(): number | undefined {
    const [head] = this.#legs;
    if (head === undefined) return undefined;
    const from = this.again(head);
    for (const leg of this.#legs) leg.abort();
    this.#legs.length = 0;
    this.#changed();
    this.#held.clear();
    this.#ended.clear();
    return from;
  }

  /** Takes a leg out that has nothing to say, and ends it. */
  remove(leg: Leg): void {
    leg.abort();
    this.#held.delete(leg);
    this.#legs.splice(this.#legs.indexOf(leg), 1);
    this.#changed();
  }

  #changed(): void {
    this.#head = this.#legs[0];
    this.#tail = this.#legs.at(-1);
  }

  #timed(given: boolean): void {
    this.#wordTimes = given ? 'given' : 'missing';
    this.#settlement.wordTimes(given);
  }

  #leave(head: Leg): void {
    this.#seam = this.#seamAfter(head);
    if (head.how === 'plain') this.#blurred = this.#seam;
    this.#interim = undefined;
    this.#ended.delete(head);
    this.#legs.shift();
    this.#changed();
    const next = this.#head;
    if (next === undefined) return;
    const held = this.#held.get(next) ?? [];
    this.#held.delete(next);
    for (const said of held) this.#apply(next, said);
  }

  #seamAfter(leg: Leg): number {
    if (leg.how === 'stall') return Math.max(this.#seam, this.#spoken);
    return Math.max(leg.cut ?? leg.reader.at, this.#spoken);
  }

  /** Of the interims only the newest is worth keeping. */
  #hold(leg: Leg, said: Said): void {
    const held = this.#held.get(leg) ?? [];
    if (held.at(-1)?.kind === 'interim') held.pop();
    held.push(said);
    this.#held.set(leg, held);
  }

  #apply(leg: Leg, said: Said): void {
    const { cut } = leg;
    if (said.kind === 'interim') this.#live(said.interim, cut);
    else if (said.kind === 'final') this.#applyFinal(leg, said.final);
    else if (leg.how !== 'stall') this.#settlement.silence(Math.min(said.end, cut ?? said.end));
    leg.forget(this.#settlement.settled);
  }

  #applyFinal(leg: Leg, said: FinalResult): void {
    if (!hasWords(said)) leg.blur();
    const cut = leg.how === 'stall' ? wholeEnd(said, leg.cut ?? leg.reader.at) : leg.cut;
    const own = trim(said, { seam: this.#seam, cut });
    const isNew = own === undefined || own.startSample >= this.#saidUpTo;
    const final = isNew ? own : unsaid(own, this.#settlement.said);
    if (final === undefined) return;
    const isBlurred = leg.how === 'plain' || this.#settlement.settled <= this.#blurred;
    this.#final(isBlurred ? { ...final, degraded: true } : final);
  }

  #live(interim: InterimResult, cut: number | undefined): void {
    if (interim.endSample <= this.#settlement.settled) return;
    if (cut !== undefined && interim.startSample >= cut) return;
    const fresh = unrepeated(interim, this.#settlement.said, this.#spoken);
    if (fresh === undefined) return;
    this.#interim = fresh;
    this.#events.onInterim(fresh);
  }

  #final(final: FinalResult): void {
    this.#interim = undefined;
    this.#spoken = Math.max(this.#spoken, final.endSample);
    this.#events.onFinal(final);
    this.#settlement.final(final);
  }
}

function hasWords({ words }: FinalResult): boolean {
  return words !== undefined && words.length > 0;
}
