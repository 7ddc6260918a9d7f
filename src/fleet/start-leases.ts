/**
 * Start leases: how many streams all workers together may start in a minute, shared out among them (pure).
 *
 * A worker is told how many it may have started since it began. What it has not started yet is its stock.
 * Stocks and the starts reported in the last minute are together never more than a minute may have, so no
 * minute has more starts, wherever it begins. While plenty are left every worker has some in stock; else
 * whoever waits gets one, in turn, and stocks that nobody uses are called back, now and then.
 */
import { WINDOW_MS } from '../speech/starts.ts';

export interface StartUse {
  /** Streams started since the worker began. */
  readonly spent: number;
  /** How many more would be started now. */
  readonly waiting: number;
}

interface Stock {
  /** Starts since the worker began that it may have come to, by its last lease. */
  leased: number;
  state: 'sent' | 'applied';
  /** It comes to no more, until a larger lease is applied. */
  leasedMax: number;
  use: StartUse;
  /** When it last grew, in order; and when it may be called back from one who wanted it. */
  turn: number;
  recallMs: number;
}

/** Reports are counted together in steps of so many milliseconds, as of the end of the step. */
const STEP_MS = 100;
/** Of what is left a quarter may lie in stock. */
const STOCK_SHARE = 0.25;
/** How long a stock stays with one who wanted it: longer than sessions take to look again. Milliseconds. */
const RECALL_MS = 500;

export class StartLeases<W> {
  readonly #perMinuteMax: number;
  readonly #stocks = new Map<W, Stock>();
  /** Starts by the end of their step; oldest first. */
  readonly #spent = new Map<number, number>();
  #turns = 0;

  /** `perMinuteMax` from 1. */
  constructor(perMinuteMax: number) {
    this.#perMinuteMax = perMinuteMax;
  }

  add(worker: W): void {
    const use = { spent: 0, waiting: 0 };
    const turn = this.#turns;
    this.#stocks.set(worker, { leased: 0, state: 'applied', leasedMax: 0, use, turn, recallMs: 0 });
  }

  /** A worker that is no more: nobody knows what it started of its stock, so all of it counts. */
  remove(worker: W, nowMs: number): void {
    const stock = this.#stocks.get(worker);
    if (stock === undefined) return;
    this.#spend(stockOf(stock), nowMs);
    this.#stocks.delete(worker);
  }

  /** What a worker says of itself; `isConfirmed`: after its last lease was applied. */
  report(worker: W, use: StartUse, isConfirmed: boolean, nowMs: number): void {
    const stock = this.#stocks.get(worker);
    if (stock === undefined) return;
    this.#spend(use.spent - stock.use.spent, nowMs);
    stock.use = use;
    if (!isConfirmed) return;
    stock.state = 'applied';
    stock.leased = Math.max(stock.leased, use.spent);
    stock.leasedMax = stock.leased;
  }

  leased(worker: W): number {
    return this.#stocks.get(worker)?.leased ?? 0;
  }

  /** The workers whose leases change now. They count as sent, and are to be confirmed before the next ones. */
  plan(nowMs: number): W[] {
    const settled = [...this.#stocks]
      .filter(([, { state }]) => state === 'applied')
      .sort(([, one], [, other]) => one.turn - other.turn);
    let free = this.#left(nowMs);
    const goal = Math.max(1, Math.floor((free * STOCK_SHARE) / this.#stocks.size));
    const moved: W[] = [];
    for (const [worker, stock] of settled) {
      const lacks = goal - stockOf(stock);
      const wants = stock.use.waiting > 0 ? lacks > 0 : goal > 1 && lacks > goal / 2;
      if (!wants || free <= 0) continue;
      this.#give(stock, Math.min(lacks, free), nowMs);
      free -= Math.min(lacks, free);
      moved.push(worker);
    }
    return free > 0 || !this.#isShort() ? moved : [...moved, ...this.#recall(nowMs)];
  }

  /** Milliseconds until plan() may give what it can't give now; undefined when nobody waits for that. */
  waitMs(nowMs: number): number | undefined {
    if (!this.#isShort()) return undefined;
    const [oldestMs = Number.POSITIVE_INFINITY] = this.#spent.keys();
    const recallsMs = this.#idle().map(([, { recallMs }]) => recallMs);
    const dueMs = Math.min(oldestMs + WINDOW_MS, ...recallsMs.filter((ms) => ms > nowMs));
    return dueMs === Number.POSITIVE_INFINITY ? undefined : Math.max(0, dueMs - nowMs);
  }

  #isShort(): boolean {
    return [...this.#stocks.values()].some(
      (stock) => stock.use.waiting > 0 && stockOf(stock) === 0,
    );
  }

  #recall(nowMs: number): W[] {
    const idle = this.#idle().filter(([, { recallMs }]) => recallMs <= nowMs);
    for (const [, stock] of idle) this.#lease(stock, stock.use.spent);
    return idle.map(([worker]) => worker);
  }

  /** Those who have some and don't wait. */
  #idle(): [W, Stock][] {
    return [...this.#stocks].filter(
      ([, stock]) => stock.state === 'applied' && stock.use.waiting === 0 && stockOf(stock) > 0,
    );
  }

  #give(stock: Stock, count: number, nowMs: number): void {
    this.#turns += 1;
    stock.turn = this.#turns;
    if (stock.use.waiting > 0) stock.recallMs = nowMs + RECALL_MS;
    this.#lease(stock, stock.leased + count);
  }

  #lease(stock: Stock, leased: number): void {
    stock.leased = leased;
    stock.state = 'sent';
  }

  #left(nowMs: number): number {
    let left = this.#perMinuteMax;
    for (const stock of this.#stocks.values()) left -= stockOf(stock);
    for (const [endMs, count] of this.#spent) {
      if (endMs + WINDOW_MS <= nowMs) this.#spent.delete(endMs);
      else left -= count;
    }
    return left;
  }

  #spend(count: number, nowMs: number): void {
    if (count === 0) return;
    const endMs = Math.ceil(nowMs / STEP_MS) * STEP_MS;
    this.#spent.set(endMs, (this.#spent.get(endMs) ?? 0) + count);
  }
}

/** What a worker may start until it is heard of again. */
function stockOf({ leasedMax, leased, use }: Stock): number {
  return Math.max(leasedMax, leased) - use.spent;
}
