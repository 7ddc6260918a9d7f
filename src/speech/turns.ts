/**
 * Turns: whose turn it is when a slot is free. p-queue's queue class; it knows no clock and starts nothing.
 *
 * A higher priority goes first. Inside a priority the fleet that holds the fewest slots goes first, of
 * equals the one whose last turn is longest ago; inside a fleet, who came first. So a fleet waits for what
 * others hold, never for how many of theirs wait: once another fleet has one ask waiting, a thousand more
 * change nothing. Who wants no more than an equal share gets the next slots that come back; what a fleet
 * holds beyond an equal share is borrowed, and as it comes back it goes to fleets with fewer.
 * With the few priorities that exist, enqueue and remove cost O(1), dequeue and lastPlace O(fleets).
 */
import assert from 'node:assert/strict';
import type { Queue, QueueAddOptions } from 'p-queue';

type Run = () => Promise<unknown>;

export interface TurnOptions extends QueueAddOptions {
  readonly fleet: string;
}

/** One element of a `Fifo`, and the way to take it out again. */
export interface Link<T> {
  readonly value: T;
  prev: Link<T> | undefined;
  next: Link<T> | undefined;
}

/** First in, first out, and out of the middle, all in constant time: a Map seeks its first key past those deleted. */
export class Fifo<T> {
  #head: Link<T> | undefined;
  #tail: Link<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get head(): Link<T> | undefined {
    return this.#head;
  }

  get tail(): Link<T> | undefined {
    return this.#tail;
  }

  push(value: T): Link<T> {
    const link: Link<T> = { value, prev: this.#tail, next: undefined };
    if (this.#tail === undefined) this.#head = link;
    else this.#tail.next = link;
    this.#tail = link;
    this.#size += 1;
    return link;
  }

  /** Only a link of this list, and only once. */
  remove(link: Link<T>): void {
    if (link.prev === undefined) this.#head = link.next;
    else link.prev.next = link.next;
    if (link.next === undefined) this.#tail = link.prev;
    else link.next.prev = link.prev;
    this.#size -= 1;
  }
}

interface Fleet {
  readonly name: string;
  held: number;
  readonly lines: Line[];
}

/** One priority, and the lines in it where somebody waits. */
interface Tier {
  readonly priority: number;
  readonly lines: Set<Line>;
}

/** Those of one fleet who wait in one tier. It outlives its last waiter, to remember `lastTurn`. */
interface Line {
  readonly fleet: Fleet;
  readonly tier: Tier;
  readonly waiters: Fifo<Waiter>;
  lastTurn: number;
}

interface Waiter {
  readonly id: string;
  readonly run: Run;
}

/** How far the order of turns has come in a line; its fleet then holds `level` slots. */
interface Cursor {
  readonly level: number;
  readonly lastTurn: number;
  link: Link<Waiter>;
}

export class Turns implements Queue<Run, TurnOptions> {
  readonly #fleets = new Map<string, Fleet>();
  readonly #places = new Map<string, { readonly line: Line; readonly link: Link<Waiter> }>();
  /** The highest first. */
  #tiers: readonly Tier[] = [];
  #turns = 0;
  #newLines = 0;

  get size(): number {
    return this.#places.size;
  }

  /** `id` must be given and must not wait already. */
  enqueue(run: Run, options?: Partial<TurnOptions>): void {
    const { id, fleet = '', priority = 0 } = options ?? {};
    assert(id !== undefined && !this.#places.has(id), `id is ${id}, expected one of its own`);
    const line = this.#line(fleet, priority);
    this.#places.set(id, { line, link: line.waiters.push({ id, run }) });
    line.tier.lines.add(line);
  }

  /** Takes out the one whose turn it is; its fleet holds a slot from now until `giveBack`. */
  dequeue(): Run | undefined {
    const line = this.#next();
    const first = line?.waiters.head?.value;
    if (line === undefined || first === undefined) return undefined;
    line.fleet.held += 1;
    this.#turns += 1;
    line.lastTurn = this.#turns;
    this.remove(first.id);
    return first.run;
  }

  /** A slot of this fleet has come back. */
  giveBack(name: string): void {
    const fleet = this.#fleets.get(name);
    assert(
      fleet !== undefined && fleet.held > 0,
      `fleet ${name} gives back a slot it doesn't hold`,
    );
    fleet.held -= 1;
    this.#forget(fleet);
  }

  /** Without effect for an id that doesn't wait. */
  remove(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    const { line, link } = place;
    this.#places.delete(id);
    line.waiters.remove(link);
    if (line.waiters.size === 0) line.tier.lines.delete(line);
    this.#forget(line.fleet);
  }

  /** Moves to the end of its fleet's line in `priority`. Throws a ReferenceError for an id that doesn't wait. */
  setPriority(id: string, priority: number): void {
    const place = this.#places.get(id);
    if (place === undefined) throw new ReferenceError(`id is ${id}, expected one that waits`);
    this.remove(id);
    this.enqueue(place.link.value.run, { id, fleet: place.line.fleet.name, priority });
  }

  /** Those of one priority, in the order of their turns. */
  filter(options: Readonly<Partial<TurnOptions>>): Run[] {
    const tiers = this.#tiers.filter(({ priority }) => priority === options.priority);
    return tiers.flatMap(inOrder).map(({ run }) => run);
  }

  /** The ids of all who wait, in the order of their turns if nobody comes, leaves or gives back. */
  order(): string[] {
    return this.#tiers.flatMap(inOrder).map(({ id }) => id);
  }

  /** The place, from 1, that `order` has for the last of this fleet in this priority, who must exist. */
  lastPlace(name: string, priority: number): number {
    const own = this.#fleets.get(name)?.lines.find(({ tier }) => tier.priority === priority);
    assert(
      own !== undefined && own.waiters.size > 0,
      `nobody of fleet ${name} waits in ${priority}`,
    );
    let place = 0;
    for (const tier of this.#tiers) {
      if (tier.priority < priority) break;
      for (const line of tier.lines) {
        place += tier.priority > priority ? line.waiters.size : turnsBeforeLast(own, line);
      }
    }
    return place;
  }

  /**
   * Whose place goes to this fleet when no more may wait: the last of the longest line in the lowest
   * priority. Nobody's, when that priority is above, or the asker's line would then be the longer one.
   */
  yielder(name: string, priority: number): string | undefined {
    const lowest = this.#tiers.findLast(({ lines }) => lines.size > 0);
    if (lowest === undefined || lowest.priority > priority) return undefined;
    let longest: Line | undefined;
    for (const line of lowest.lines) {
      if (line.waiters.size > (longest?.waiters.size ?? 0)) longest = line;
    }
    const own = this.#fleets.get(name)?.lines.find(({ tier }) => tier.priority === priority);
    const ownSize = lowest.priority < priority ? -1 : (own?.waiters.size ?? 0);
    if (longest === undefined || longest.waiters.size <= ownSize + 1) return undefined;
    return longest.waiters.tail?.value.id;
  }

  #next(): Line | undefined {
    let first: Line | undefined;
    for (const line of this.#tiers.find(({ lines }) => lines.size > 0)?.lines ?? []) {
      if (first === undefined || goesBefore(line, first)) first = line;
    }
    return first;
  }

  #line(name: string, priority: number): Line {
    const fleet = this.#fleets.get(name) ?? { name, held: 0, lines: [] };
    this.#fleets.set(name, fleet);
    const known = fleet.lines.find(({ tier }) => tier.priority === priority);
    if (known !== undefined) return known;
    this.#newLines += 1;
    const lastTurn = Number.MIN_SAFE_INTEGER + this.#newLines; // before all that had a turn
    const line = { fleet, tier: this.#tier(priority), waiters: new Fifo<Waiter>(), lastTurn };
    fleet.lines.push(line);
    return line;
  }

  #tier(priority: number): Tier {
    const known = this.#tiers.find((tier) => tier.priority === priority);
    if (known !== undefined) return known;
    const tier = { priority, lines: new Set<Line>() };
    this.#tiers = [...this.#tiers, tier].sort((a, b) => b.priority - a.priority);
    return tier;
  }

  /** A fleet that neither holds nor waits is as good as new. */
  #forget(fleet: Fleet): void {
    if (fleet.held > 0 || fleet.lines.some(({ waiters }) => waiters.size > 0)) return;
    this.#fleets.delete(fleet.name);
  }
}

function goesBefore(one: Line, other: Line): boolean {
  if (one.fleet.held !== other.fleet.held) return one.fleet.held < other.fleet.held;
  return one.lastTurn < other.lastTurn;
}

/** How many slots the fleet holds when the first of this line is served: its higher lines come before. */
function levelOf(line: Line): number {
  let level = line.fleet.held;
  for (const { tier, waiters } of line.fleet.lines) {
    if (tier.priority > line.tier.priority) level += waiters.size;
  }
  return level;
}

/** How many of `line` are served until the last of `own`, in the same tier, is; by the rule of `inOrder`. */
function turnsBeforeLast(own: Line, line: Line): number {
  const ownLevel = levelOf(own);
  const level = levelOf(line);
  const isFirst = level > ownLevel || (level === ownLevel && line.lastTurn <= own.lastTurn);
  const turns = ownLevel + own.waiters.size - 1 - level + (isFirst ? 1 : 0);
  return Math.min(Math.max(turns, 0), line.waiters.size);
}

/**
 * Level by level, each fleet that holds so many slots gets one more: first those that start on this
 * level, by their last turns, then those that came up from the one below, in the order they did.
 */
function inOrder(tier: Tier): Waiter[] {
  const waiters: Waiter[] = [];
  const starts = cursorsOf(tier);
  let started = 0;
  let risen: Cursor[] = [];
  for (let level = 0; started < starts.length || risen.length > 0; level += 1) {
    if (risen.length === 0) level = starts[started]?.level ?? level;
    const below = started;
    while (starts[started]?.level === level) started += 1;
    const served = starts.slice(below, started).concat(risen);
    for (const { link } of served) waiters.push(link.value);
    risen = served.filter(advance);
  }
  return waiters;
}

function cursorsOf(tier: Tier): Cursor[] {
  const cursors: Cursor[] = [];
  for (const line of tier.lines) {
    const { head: link } = line.waiters;
    if (link !== undefined) cursors.push({ level: levelOf(line), lastTurn: line.lastTurn, link });
  }
  return cursors.sort((a, b) => a.level - b.level || a.lastTurn - b.lastTurn);
}

/** To the next in line; false when there is none. */
function advance(cursor: Cursor): boolean {
  if (cursor.link.next === undefined) return false;
  cursor.link = cursor.link.next;
  return true;
}
