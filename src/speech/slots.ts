/**
 * Slots: who may hold a recognizer stream now, and who waits.
 *
 * p-queue starts as many asks as there are slots, `Turns` says whose turn is next (and what is fair among
 * fleets), `Holds` when it comes. This file adds what an ask lives through: its place, told at most every
 * 2 s, its wait limit, its end. It knows neither sessions nor recognizers; a fleet is a string.
 * Nothing is told inside ask() or setLimit(), nor after cancel(). p-queue's promise for an ask that leaves
 * the queue never settles: nothing but that ask refers to it, so both are collected together.
 */
import assert from 'node:assert/strict';
import PQueue from 'p-queue';
import type { Clock, Timer } from '../clock.ts';
import { Holds } from './holds.ts';
import type { Link, TurnOptions } from './turns.ts';
import { Fifo, Turns } from './turns.ts';

export interface SlotLimits {
  /** How many may be held at once; 0 for none. */
  readonly slotsMax: number;
  /** How many asks may wait. When so many do, the longest line yields a place to a shorter one, or the ask is refused. */
  readonly queueMax: number;
  readonly waitMsMax: number;
}

export interface Place {
  /** From 1. */
  readonly position: number;
  /** Milliseconds until the grant; null while unknown. */
  readonly etaMs: number | null;
}

export interface AskEvents {
  /** The slot is the asker's until it releases it. Ends the ask. */
  onGranted(slot: Slot): void;
  /** On entry, unless a slot is free, and then at most every 2,000 ms when changed. */
  onQueued(place: Place): void;
  /** Waited `waitMsMax` in vain, gave its place to a shorter line, or the slots were closed. Ends the ask. */
  onExpired(retryAfterMs: number): void;
}

export interface Ask {
  /** Leaves the queue; a slot granted but not yet told goes back. After the end of the ask without effect. */
  cancel(): void;
}

export interface Slot {
  /** Gives the slot back; once. */
  release(): void;
}

/** No more may wait. `retryAfterMs` (1,000..60,000): until those who wait now are served or gone. */
export interface Refusal {
  readonly retryAfterMs: number;
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
  readonly #turns = new Turns();
  readonly #queue: PQueue<Turns, TurnOptions>;
  readonly #holds = new Holds();
  readonly #byEntry = new Fifo<Asked>();
  readonly #byId = new Map<string, Asked>();
  #state: 'open' | 'closed' = 'open';
  #limit: number;
  #used = 0;
  #asks = 0;
  #updates: Timer | undefined;
  #expiry: Timer | undefined;

  constructor(limits: SlotLimits, clock: Clock, events?: { onWaited(waitMs: number): void }) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onWaited = events?.onWaited.bind(events);
    this.#limit = limits.slotsMax;
    // p-queue makes its own queue by `new`; this way it is the one we hold.
    const queueClass = new Proxy(Turns, { construct: () => this.#turns });
    this.#queue = new PQueue<Turns, TurnOptions>({ queueClass, autoStart: false, concurrency: 1 });
    this.setLimit(limits.slotsMax);
  }

  /** Slots granted and not yet given back; above `limit` only while a lowered one is not yet reached. */
  get used(): number {
    return this.#used;
  }

  /** Asks that wait. */
  get depth(): number {
    return this.#turns.size;
  }

  get limit(): number {
    return this.#limit;
  }

  ask(who: { fleet: string; priority: number }, events: AskEvents): Ask | Refusal {
    if (this.#state === 'closed') return { retryAfterMs: RETRY_MS_MIN };
    const { fleet, priority } = who;
    const isFull = this.depth >= this.#limits.queueMax + this.#free();
    if (isFull && !this.#makeRoom(fleet, priority)) return { retryAfterMs: this.#retryAfterMs() };
    this.#asks += 1;
    const id = String(this.#asks);
    const asked: Asked = { id, fleet, events, fromMs: this.#clock.nowMs(), state: 'waiting' };
    // Never rejects: the task has nothing in it that fails.
    void this.#queue.add(() => this.#grant(asked), { id, fleet, priority });
    if (asked.state === 'waiting') this.#enter(asked, priority);
    return { cancel: () => this.#cancel(asked) };
  }

  /** Counts from now on, and takes no slot away. 0..2^53. */
  setLimit(slotsMax: number): void {
    assert(Number.isSafeInteger(slotsMax) && slotsMax >= 0, `slotsMax is ${slotsMax}`);
    this.#limit = slotsMax;
    this.#queue.concurrency = Math.max(1, slotsMax); // p-queue knows no 0
    if (slotsMax === 0) this.#queue.pause();
    else this.#queue.start();
  }

  /** Whoever waits expires, and later asks are refused. Slots that are held stay so. */
  close(): void {
    this.#state = 'closed';
    this.#expireFrom(Number.POSITIVE_INFINITY, RETRY_MS_MIN);
  }

  /** Slots that nobody has yet: p-queue hands on what is given back some microtasks later. */
  #free(): number {
    return Math.max(0, this.#limit - this.#used);
  }

  #enter(asked: Asked, priority: number): void {
    asked.link = this.#byEntry.push(asked);
    this.#byId.set(asked.id, asked);
    this.#setTimers();
    const position = this.#turns.lastPlace(asked.fleet, priority);
    if (position <= this.#free()) return;
    const place = this.#placeAt(position);
    asked.told = { place, atMs: asked.fromMs };
    queueMicrotask(() => {
      if (asked.state === 'waiting') asked.events.onQueued(place);
    });
  }

  #placeAt(position: number): Place {
    return { position, etaMs: this.#holds.etaMs(position, this.#limit, this.#clock.nowMs()) };
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
    this.#holds.begin(asked, nowMs);
    this.#onWaited?.(nowMs - asked.fromMs);
    asked.events.onGranted({ release: () => this.#giveBack(asked) });
  }

  #giveBack(asked: Asked): void {
    move(asked, 'over');
    this.#used -= 1;
    this.#turns.giveBack(asked.fleet);
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
    this.#turns.remove(asked.id);
    this.#byId.delete(asked.id);
    if (asked.link === undefined) return;
    this.#byEntry.remove(asked.link);
    asked.link = undefined;
    if (this.#byEntry.size === 0) this.#stopTimers();
  }

  #makeRoom(fleet: string, priority: number): boolean {
    const yielder = this.#byId.get(this.#turns.yielder(fleet, priority) ?? '');
    if (yielder === undefined) return false;
    this.#expire(yielder, this.#retryAfterMs());
    return true;
  }

  #retryAfterMs(): number {
    const { etaMs } = this.#placeAt(Math.max(1, this.depth));
    const ms = Math.min(etaMs ?? Number.POSITIVE_INFINITY, this.#limits.waitMsMax);
    return Math.min(Math.max(ms, RETRY_MS_MIN), RETRY_MS_MAX);
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
    for (const [index, id] of this.#turns.order().entries()) {
      const place = this.#placeAt(index + 1);
      const asked = this.#byId.get(id);
      if (asked === undefined || !isNews(place, asked.told, nowMs)) continue;
      asked.told = { place, atMs: nowMs };
      asked.events.onQueued(place);
    }
    this.#setTimers();
  }
}

function isNews(place: Place, told: Asked['told'], nowMs: number): boolean {
  if (told === undefined) return true;
  if (Math.ceil(nowMs - told.atMs) < UPDATE_MS) return false; // a timer can be a fraction early
  return place.position !== told.place.position || place.etaMs !== told.place.etaMs;
}

function move(asked: Asked, to: State): void {
  assert(NEXT[asked.state].includes(to), `an ask or slot is ${asked.state}, and can't be ${to}`);
  asked.state = to;
}
