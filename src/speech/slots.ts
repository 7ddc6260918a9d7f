/**
 * Slots: who may hold a recognizer stream now, and who waits.
 *
 * The turnstile lets as many asks through as there are slots and starts, `Turns` says whose turn is next
 * (and what is fair among fleets), `Holds` when it comes. This file adds what an ask lives through: its
 * place, told at most every 2 s, its wait limit, its end. It knows neither sessions nor recognizers; a fleet
 * is a string.
 * Nothing is told inside ask() or setLimit(), nor after cancel(). p-queue's promise for an ask that leaves
 * the queue never settles: nothing but that ask refers to it, so both are collected together.
 */
import assert from 'node:assert/strict';
import type { Clock, Timer } from '../clock.ts';
import type { Ask, AskEvents, Place, Refusal, Wish } from './ask.ts';
import type { LeftMs } from './holds.ts';
import { Holds, unknown } from './holds.ts';
import type { Starts } from './starts.ts';
import type { Link } from './turns.ts';
import { Fifo } from './turns.ts';
import { Turnstile } from './turnstile.ts';

export interface SlotLimits {
  /** How many may be held at once; 0 for none. */
  readonly slotsMax: number;
  /** How many asks may wait. When so many do, the longest line yields a place to a shorter one, or the ask is refused. */
  readonly queueMax: number;
  readonly waitMsMax: number;
}

const UPDATE_MS = 2_000;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 60_000;

/** Granted and expired: decided, but not yet told. */
type State = 'waiting' | 'granted' | 'held' | 'expired' | 'over';

const NEXT: { readonly [S in State]: readonly State[] } = {
  waiting: ['granted', 'expired', 'over'],
  granted: ['held', 'over'],
  held: ['over'],
  expired: ['over'],
  over: [],
};

interface Asked {
  readonly id: string;
  readonly fleet: string;
  readonly leftMs: LeftMs;
  readonly events: AskEvents;
  readonly fromMs: number;
  state: State;
  /** While it waits: where, in order of entry. */
  link?: Link<Asked> | undefined;
  told?: { readonly place: Place; readonly atMs: number };
  /** Ends p-queue's task. */
  finish?: () => void;
}

export class Slots {
  readonly #limits: SlotLimits;
  readonly #clock: Clock;
  readonly #onWaited: ((waitMs: number) => void) | undefined;
  readonly #turnstile: Turnstile;
  readonly #holds = new Holds();
  readonly #byEntry = new Fifo<Asked>();
  readonly #byId = new Map<string, Asked>();
  #state: 'open' | 'closed' = 'open';
  #used = 0;
  #asks = 0;
  #updates: Timer | undefined;
  #expiry: Timer | undefined;

  /** `starts` undefined: any number. */
  constructor(
    limits: SlotLimits,
    clock: Clock,
    events?: { onWaited(waitMs: number): void },
    starts?: Starts,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onWaited = events?.onWaited.bind(events);
    this.#turnstile = new Turnstile(clock, starts);
    this.setLimit(limits.slotsMax);
  }

  /** Slots granted and not yet given back; above `limit` only while a lowered one is not yet reached. */
  get used(): number {
    return this.#used;
  }

  /** Asks that wait. */
  get depth(): number {
    return this.#turnstile.turns.size;
  }

  get limit(): number {
    return this.#turnstile.limit;
  }

  ask(wish: Wish, events: AskEvents): Ask | Refusal {
    if (this.#state === 'closed') return { retryAfterMs: RETRY_MS_MIN };
    const { fleet, priority, leftMs = unknown, isNew = false } = wish;
    const isFull = this.depth >= this.#limits.queueMax + this.#free();
    if (isFull && !this.#makeRoom(fleet, priority)) return { retryAfterMs: this.#retryAfterMs() };
    this.#asks += 1;
    const id = String(this.#asks);
    const fromMs = this.#clock.nowMs();
    const asked: Asked = { id, fleet, leftMs, events, fromMs, state: 'waiting' };
    this.#turnstile.enter(() => this.#grant(asked), { id, fleet, priority });
    const etaMs = asked.state === 'waiting' ? this.#enter(asked, priority) : null;
    if (!isNew || etaMs === null || etaMs <= this.#limits.waitMsMax) {
      return { cancel: () => this.#cancel(asked) };
    }
    this.#cancel(asked);
    return { retryAfterMs: inBounds(etaMs) };
  }

  /** Counts from now on, and takes no slot away. 0..2^53. */
  setLimit(slotsMax: number): void {
    this.#turnstile.setLimit(slotsMax);
  }

  /** Whoever waits expires, and later asks are refused. Slots that are held stay so. */
  close(): void {
    this.#state = 'closed';
    this.#expireFrom(Number.POSITIVE_INFINITY, RETRY_MS_MIN);
  }

  /** Slots that nobody has yet: p-queue hands on what is given back some microtasks later. */
  #free(): number {
    return this.#turnstile.free(this.#used);
  }

  /** Answers when its turn comes; null while unknown. */
  #enter(asked: Asked, priority: number): number | null {
    asked.link = this.#byEntry.push(asked);
    this.#byId.set(asked.id, asked);
    this.#setTimers();
    const position = this.#turnstile.turns.lastPlace(asked.fleet, priority);
    if (position <= this.#free()) return null;
    const place = this.#placeAt(position);
    asked.told = { place, atMs: asked.fromMs };
    queueMicrotask(() => {
      if (asked.state === 'waiting') asked.events.onQueued(place);
    });
    return place.etaMs;
  }

  #placeAt(position: number): Place {
    const { limit } = this.#turnstile;
    const isFree = position <= limit - this.#used;
    const waiting = (): LeftMs[] =>
      this.#turnstile.turns.order().map((id) => this.#byId.get(id)?.leftMs ?? unknown);
    const slotMs = isFree ? 0 : this.#holds.etaMs(position, limit, this.#clock.nowMs(), waiting);
    const startMs = this.#turnstile.startsMs(position);
    const isKnown = slotMs !== null && startMs !== null;
    return { position, etaMs: isKnown ? Math.max(slotMs, startMs) : null };
  }

  /** p-queue starts the task, and a slot is held until its promise settles. */
  #grant(asked: Asked): Promise<void> {
    move(asked, 'granted');
    this.#used += 1;
    this.#leave(asked);
    queueMicrotask(() => this.#handOver(asked));
    return new Promise((resolve) => {
      asked.finish = resolve;
    });
  }

  #handOver(asked: Asked): void {
    if (asked.state !== 'granted') return;
    move(asked, 'held');
    const nowMs = this.#clock.nowMs();
    this.#holds.begin(asked, nowMs, asked.leftMs);
    this.#onWaited?.(nowMs - asked.fromMs);
    asked.events.onGranted({ release: () => this.#giveBack(asked) });
  }

  #giveBack(asked: Asked): void {
    move(asked, 'over');
    this.#used -= 1;
    this.#turnstile.turns.giveBack(asked.fleet);
    this.#holds.end(asked, this.#clock.nowMs());
    asked.finish?.();
  }

  #cancel(asked: Asked): void {
    if (asked.state === 'granted') {
      this.#giveBack(asked);
    } else if (asked.state === 'waiting' || asked.state === 'expired') {
      move(asked, 'over');
      this.#leave(asked);
    }
  }

  #expire(asked: Asked, retryAfterMs: number): void {
    move(asked, 'expired');
    this.#leave(asked);
    queueMicrotask(() => {
      if (asked.state !== 'expired') return;
      move(asked, 'over');
      asked.events.onExpired(retryAfterMs);
    });
  }

  /** Out of every list; without effect for one that is in none. */
  #leave(asked: Asked): void {
    this.#turnstile.turns.remove(asked.id);
    this.#byId.delete(asked.id);
    if (asked.link === undefined) return;
    this.#byEntry.remove(asked.link);
    asked.link = undefined;
    if (this.#byEntry.size === 0) this.#stopTimers();
  }

  #makeRoom(fleet: string, priority: number): boolean {
    const yielder = this.#byId.get(this.#turnstile.turns.yielder(fleet, priority) ?? '');
    if (yielder === undefined) return false;
    this.#expire(yielder, this.#retryAfterMs());
    return true;
  }

  #retryAfterMs(): number {
    const { etaMs } = this.#placeAt(Math.max(1, this.depth));
    return inBounds(Math.min(etaMs ?? Number.POSITIVE_INFINITY, this.#limits.waitMsMax));
  }

  /** Both run while somebody waits, and not longer. */
  #setTimers(): void {
    const first = this.#byEntry.head?.value;
    if (first === undefined) return;
    this.#updates ??= this.#clock.after(UPDATE_MS, () => this.#update());
    const leftMs = first.fromMs + this.#limits.waitMsMax - this.#clock.nowMs();
    this.#expiry ??= this.#clock.after(Math.ceil(leftMs), () => this.#expireDue());
  }

  #stopTimers(): void {
    this.#turnstile.rest();
    this.#updates?.cancel();
    this.#expiry?.cancel();
    this.#updates = undefined;
    this.#expiry = undefined;
  }

  #expireDue(): void {
    this.#expireFrom(this.#clock.nowMs() - this.#limits.waitMsMax, this.#retryAfterMs());
    this.#expiry = undefined;
    this.#setTimers();
  }

  /** All wait equally long, so whoever came first expires first. */
  #expireFrom(fromMsMax: number, retryAfterMs: number): void {
    let first = this.#byEntry.head?.value;
    for (; first !== undefined && first.fromMs <= fromMsMax; first = this.#byEntry.head?.value) {
      this.#expire(first, retryAfterMs);
    }
  }

  #update(): void {
    this.#updates = undefined;
    const nowMs = this.#clock.nowMs();
    for (const [index, id] of this.#turnstile.turns.order().entries()) {
      const place = this.#placeAt(index + 1);
      const asked = this.#byId.get(id);
      if (asked === undefined || !isNews(place, asked.told, nowMs)) continue;
      asked.told = { place, atMs: nowMs };
      asked.events.onQueued(place);
    }
    this.#setTimers();
  }
}

function inBounds(retryAfterMs: number): number {
  return Math.min(Math.max(retryAfterMs, RETRY_MS_MIN), RETRY_MS_MAX);
}

function isNews(place: Place, told: Asked['told'], nowMs: number): boolean {
  if (told === undefined) return true;
  // A timer can be a fraction early, which is a whole millisecond by the clock.
  if (nowMs - told.atMs < UPDATE_MS - 1) return false;
  return place.position !== told.place.position || place.etaMs !== told.place.etaMs;
}

function move(asked: Asked, to: State): void {
  assert(NEXT[asked.state].includes(to), `an ask or slot is ${asked.state}, and can't be ${to}`);
  asked.state = to;
}
