/**
 * FakeClock: time that moves only when a test says so.
 *
 * Timers due at the same moment fire in the order they were set, as Node's do.
 */
import type { Clock, Timer } from '../../src/clock.ts';

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  state: 'waiting' | 'over';
}

export class FakeClock implements Clock {
  #nowMs = 0;
  #order = 0;
  #pending = 0;
  /** A binary heap: the one due first is at 0. Cancelled ones stay until they would be due. */
  readonly #heap: Due[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    this.#order += 1;
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const due: Due = { atMs, order: this.#order, run, state: 'waiting' };
    this.#push(due);
    this.#pending += 1;
    return { cancel: () => this.#end(due) };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#pending;
  }

  /** Moves on by `ms`, firing every timer due on the way at its own moment. Promises settle between. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (let due = this.#heap[0]; due !== undefined && due.atMs <= endMs; due = this.#heap[0]) {
      this.#pop();
      if (due.state === 'over') continue;
      this.#end(due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
      await settle();
    }
    this.#nowMs = endMs;
  }

  #end(due: Due): void {
    if (due.state === 'over') return;
    due.state = 'over';
    this.#pending -= 1;
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = heap[(at - 1) >> 1];
      if (parent === undefined || isFirst(parent, due)) break;
      heap[at] = parent;
      at = (at - 1) >> 1;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    while (true) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const child =
        right !== undefined && left !== undefined && isFirst(right, left) ? right : left;
      if (child === undefined || isFirst(last, child)) break;
      heap[at] = child;
      at = child === right ? 2 * at + 2 : 2 * at + 1;
    }
    heap[at] = last;
  }
}

function isFirst(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Lets every promise that can settle now do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
