/**
 * Blocks: what all workers together may hold at once, shared out among them (pure).
 *
 * A worker may hold what it was leased last. A smaller lease counts once the worker has confirmed it, and
 * then what it still holds beyond it; only what nobody may hold is leased to another. So the sum is never
 * above the limit, in whatever order messages come; only a limit that falls may find more held.
 * Blocks follow demand: to each what it holds and has waiting, and an equal part of what is left over; or,
 * when there is too little, a share by demand, the odd ones in turn. Nothing moves while nobody needs it.
 */

export interface Use {
  readonly used: number;
  /** How many more could be used now. */
  readonly waiting: number;
}

interface Block {
  leased: number;
  /** Whether `leased` was confirmed. */
  state: 'sent' | 'applied';
  /** No more than so many are held, now and until a larger lease is applied. */
  heldMax: number;
  use: Use;
  /** When it was last given more than it held, in order. */
  turn: number;
}

export class Blocks<W> {
  readonly #blocks = new Map<W, Block>();
  #limit: number;
  #turns = 0;
  /** Stale: not all leases are yet what they are to be since the limit or the workers have changed. */
  #state: 'stale' | 'settled' = 'stale';

  /** `limit`: 0 and more. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /** What all hold, as they said last. */
  get used(): number {
    let used = 0;
    for (const { use } of this.#blocks.values()) used += use.used;
    return used;
  }

  setLimit(limit: number): void {
    this.#limit = limit;
    this.#state = 'stale';
  }

  /** A worker that holds nothing. */
  add(worker: W): void {
    const use = { used: 0, waiting: 0 };
    this.#blocks.set(worker, { leased: 0, state: 'applied', heldMax: 0, use, turn: this.#turns });
    this.#state = 'stale';
  }

  /** A worker that is no more: what it held is free at once. */
  remove(worker: W): void {
    this.#blocks.delete(worker);
    this.#state = 'stale';
  }

  /** What a worker says of itself; `isConfirmed`: after its last lease was applied. */
  report(worker: W, use: Use, isConfirmed: boolean): void {
    const block = this.#blocks.get(worker);
    if (block === undefined) return;
    block.use = use;
    if (!isConfirmed) return;
    block.state = 'applied';
    block.heldMax = Math.max(block.leased, use.used);
  }

  leased(worker: W): number {
    return this.#blocks.get(worker)?.leased ?? 0;
  }

  /** The workers whose leases change now. They count as sent, and are to be confirmed before the next ones. */
  plan(): W[] {
    if (this.#state === 'settled' && !this.#isShort()) return [];
    const targets = this.#targets();
    const moved = this.#move(targets);
    if (this.#isAsPlanned(targets)) this.#state = 'settled';
    return moved;
  }

  #move(targets: ReadonlyMap<W, number>): W[] {
    const moved: W[] = [];
    let free = this.#limit;
    for (const block of this.#blocks.values()) free -= boundOf(block);
    for (const [worker, block] of this.#byTurn()) {
      if (block.state === 'sent') continue;
      const most = free < 0 ? block.leased : block.heldMax + free;
      const amount = Math.min(targets.get(worker) ?? 0, most);
      free -= Math.max(0, amount - block.heldMax);
      if (this.#lease(block, amount)) moved.push(worker);
    }
    return moved;
  }

  #lease(block: Block, amount: number): boolean {
    if (amount === block.leased) return false;
    if (amount > block.heldMax) {
      this.#turns += 1;
      block.turn = this.#turns;
    }
    block.leased = amount;
    block.state = 'sent';
    return true;
  }

  #isShort(): boolean {
    return [...this.#blocks.values()].some(({ use, leased }) => use.used + use.waiting >= leased);
  }

  #isAsPlanned(targets: ReadonlyMap<W, number>): boolean {
    return [...this.#blocks].every(
      ([worker, { leased, state }]) => state === 'applied' && leased === targets.get(worker),
    );
  }

  #byTurn(): [W, Block][] {
    return [...this.#blocks].sort(([, one], [, other]) => one.turn - other.turn);
  }

  #targets(): Map<W, number> {
    let demand = 0;
    for (const { use } of this.#blocks.values()) demand += use.used + use.waiting;
    return demand > this.#limit ? this.#scarce(demand) : this.#plenty(this.#limit - demand);
  }

  /** Everybody's demand, and the rest in equal parts. */
  #plenty(rest: number): Map<W, number> {
    const { size } = this.#blocks;
    const each = Math.floor(rest / size);
    const odd = rest - each * size;
    const entries = [...this.#blocks].map(([worker, { use }], index): [W, number] => {
      return [worker, use.used + use.waiting + each + (index < odd ? 1 : 0)];
    });
    return new Map(entries);
  }

  /**
   * Shares by demand. What rounding leaves goes to those who have not got it now, first to those whose
   * turn is longest ago: so it is handed round with every slot that comes back. What nobody has given back
   * to be used by another lies idle for another reason, and stays where it is.
   */
  #scarce(demand: number): Map<W, number> {
    const shares = this.#byTurn().map(([worker, block]) => {
      const own = block.use.used + block.use.waiting;
      const share = Math.floor((this.#limit * own) / demand);
      const odd = boundOf(block) - share;
      const isIdle = odd > 0 && block.use.used < boundOf(block);
      return { worker, own, share, extra: isIdle ? Number.NEGATIVE_INFINITY : odd };
    });
    let rest = shares.reduce((left, { share }) => left - share, this.#limit);
    const targets = new Map<W, number>();
    for (const { worker, own, share } of shares.sort((one, other) => one.extra - other.extra)) {
      const odd = rest > 0 && share < own ? 1 : 0;
      targets.set(worker, share + odd);
      rest -= odd;
    }
    return targets;
  }
}

/** What a worker may hold until it is heard of again. */
function boundOf({ heldMax, leased }: Block): number {
  return Math.max(heldMax, leased);
}
