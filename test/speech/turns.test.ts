import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fifo, Turns } from '../../src/speech/turns.ts';

/** Turns whose runs are known by their ids. */
class Rig {
  readonly turns = new Turns();
  readonly #ids = new Map<() => Promise<unknown>, string>();

  ask(id: string, fleet: string, priority = 0): void {
    const run = () => Promise.resolve();
    this.#ids.set(run, id);
    this.turns.enqueue(run, { id, fleet, priority });
  }

  next(): string | undefined {
    return this.idOf(this.turns.dequeue());
  }

  drain(): string[] {
    const ids: string[] = [];
    for (let id = this.next(); id !== undefined; id = this.next()) ids.push(id);
    return ids;
  }

  idOf(run: (() => Promise<unknown>) | undefined): string | undefined {
    return run === undefined ? undefined : this.#ids.get(run);
  }
}

describe('Turns', () => {
  it('serves one fleet in the order of entry', () => {
    const rig = new Rig();
    for (const id of ['1', '2', '3']) rig.ask(id, 'a');
    expect(rig.drain()).toEqual(['1', '2', '3']);
    expect(rig.next()).toBeUndefined();
  });

  it('serves a higher priority first, whatever its fleet holds', () => {
    const rig = new Rig();
    rig.ask('a1', 'a', 1);
    expect(rig.next()).toBe('a1');
    rig.ask('b0', 'b', 0);
    rig.ask('a2', 'a', 1);
    expect(rig.drain()).toEqual(['a2', 'b0']);
  });

  it('lets fleets take turns, so that one ask comes before the second of a rush', () => {
    const rig = new Rig();
    for (let n = 1; n <= 1000; n++) rig.ask(`a${n}`, 'a');
    rig.ask('b1', 'b');
    rig.ask('b2', 'b');
    expect([rig.next(), rig.next(), rig.next(), rig.next(), rig.next()]).toEqual([
      'a1',
      'b1',
      'a2',
      'b2',
      'a3',
    ]);
  });

  it('serves the fleet that holds the fewest slots, as they are given back', () => {
    const rig = new Rig();
    for (let n = 1; n <= 9; n++) rig.ask(`a${n}`, 'a');
    for (let n = 1; n <= 4; n++) rig.next();
    rig.ask('b1', 'b');
    rig.ask('b2', 'b');
    rig.ask('b3', 'b');
    rig.turns.giveBack('a');
    expect([rig.next(), rig.next()]).toEqual(['b1', 'b2']);
    rig.turns.giveBack('a');
    rig.turns.giveBack('a');
    expect(rig.next()).toBe('a5');
  });

  it('serves, of fleets that hold equally many, the one whose turn is longest ago', () => {
    const rig = new Rig();
    for (const id of ['a1', 'a2', 'a3']) rig.ask(id, 'a');
    for (const id of ['b1', 'b2', 'b3']) rig.ask(id, 'b');
    const served: (string | undefined)[] = [];
    for (const fleet of ['a', 'b', 'a', 'b', 'a', 'b']) {
      served.push(rig.next());
      rig.turns.giveBack(fleet); // one slot for all
    }
    expect(served).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  });

  it('serves a fleet that neither held nor waited before those that had turns', () => {
    const rig = new Rig();
    for (const id of ['a1', 'a2', 'a3']) rig.ask(id, 'a');
    rig.next();
    rig.turns.giveBack('a');
    rig.ask('b1', 'b');
    expect(rig.drain()).toEqual(['b1', 'a2', 'a3']);
  });

  it('removes who leaves, and does nothing for who does not wait', () => {
    const rig = new Rig();
    for (const id of ['1', '2', '3']) rig.ask(id, 'a');
    rig.turns.remove('2');
    rig.turns.remove('2');
    rig.turns.remove('9');
    expect(rig.turns.size).toBe(2);
    expect(rig.drain()).toEqual(['1', '3']);
  });

  it('moves who changes priority to the end of its line there', () => {
    const rig = new Rig();
    for (const id of ['1', '2', '3']) rig.ask(id, 'a');
    rig.ask('4', 'a', 5);
    rig.turns.setPriority('2', 5);
    expect(rig.drain()).toEqual(['4', '2', '1', '3']);
    expect(() => rig.turns.setPriority('2', 0)).toThrow(ReferenceError);
  });

  it('lists one priority in the order of turns', () => {
    const rig = new Rig();
    rig.ask('a1', 'a', 1);
    rig.ask('a2', 'a', 1);
    rig.ask('b1', 'b', 1);
    rig.ask('b2', 'b', 0);
    expect(rig.turns.filter({ priority: 1 }).map((run) => rig.idOf(run))).toEqual([
      'a1',
      'b1',
      'a2',
    ]);
    expect(rig.turns.filter({ priority: 2 })).toEqual([]);
  });

  it('refuses an id that waits already, and a slot that nobody holds', () => {
    const rig = new Rig();
    rig.ask('1', 'a');
    expect(() => rig.ask('1', 'b')).toThrow('id is 1, expected one of its own');
    expect(() => rig.turns.giveBack('a')).toThrow("fleet a gives back a slot it doesn't hold");
  });
});

describe('Turns.yielder()', () => {
  it('names the last of the longest line', () => {
    const rig = new Rig();
    for (const id of ['a1', 'b1', 'b2', 'b3']) rig.ask(id, id.charAt(0));
    expect(rig.turns.yielder('c', 0)).toBe('b3');
    expect(rig.turns.yielder('a', 0)).toBe('b3');
  });

  it('names nobody when the asker would have the longer line then', () => {
    const rig = new Rig();
    for (const id of ['a1', 'a2', 'b1', 'b2', 'b3']) rig.ask(id, id.charAt(0));
    expect(rig.turns.yielder('a', 0)).toBeUndefined();
    expect(rig.turns.yielder('b', 0)).toBeUndefined();
    expect(new Turns().yielder('a', 0)).toBeUndefined();
  });

  it('names one of a lower priority even of the same fleet, and none of a higher', () => {
    const rig = new Rig();
    rig.ask('a1', 'a', 0);
    rig.ask('a2', 'a', 1);
    rig.ask('a3', 'a', 1);
    expect(rig.turns.yielder('a', 1)).toBe('a1');
    rig.turns.remove('a1');
    expect(rig.turns.yielder('b', 0)).toBeUndefined();
    expect(rig.turns.yielder('b', 1)).toBe('a3');
  });
});

interface Modelled {
  readonly id: string;
  readonly fleet: string;
  readonly priority: number;
}

/** The rule in words, with no structure: the reference for the properties. */
class Model {
  readonly waiting: Modelled[] = [];
  readonly held: string[] = [];
  readonly #lastTurns = new Map<string, number>();
  #turns = 0;
  #lines = 0;

  ask(one: Modelled): void {
    const line = `${one.fleet}/${one.priority}`;
    this.#lines += 1;
    if (!this.#lastTurns.has(line)) this.#lastTurns.set(line, this.#lines - 1e9);
    this.waiting.push(one);
  }

  next(): Modelled | undefined {
    const [first] = [...this.waiting].sort(
      (a, b) =>
        b.priority - a.priority ||
        this.#heldBy(a) - this.#heldBy(b) ||
        this.#lastTurn(a) - this.#lastTurn(b) ||
        this.waiting.indexOf(a) - this.waiting.indexOf(b),
    );
    if (first === undefined) return undefined;
    this.#turns += 1;
    this.#lastTurns.set(`${first.fleet}/${first.priority}`, this.#turns);
    this.held.push(first.fleet);
    this.waiting.splice(this.waiting.indexOf(first), 1);
    return first;
  }

  remove(index: number): Modelled | undefined {
    const [gone] = this.waiting.splice(index, 1);
    if (gone !== undefined) this.#forget(gone.fleet);
    return gone;
  }

  giveBack(index: number): string | undefined {
    const [fleet] = this.held.splice(index, 1);
    if (fleet !== undefined) this.#forget(fleet);
    return fleet;
  }

  #heldBy({ fleet }: Modelled): number {
    return this.held.filter((name) => name === fleet).length;
  }

  #lastTurn({ fleet, priority }: Modelled): number {
    return this.#lastTurns.get(`${fleet}/${priority}`) ?? 0;
  }

  #forget(fleet: string): void {
    if (this.held.includes(fleet) || this.waiting.some((one) => one.fleet === fleet)) return;
    for (const line of this.#lastTurns.keys()) {
      if (line.startsWith(`${fleet}/`)) this.#lastTurns.delete(line);
    }
  }
}

const STEP = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ fleet: fc.constantFrom('a', 'b', 'c', 'd'), priority: fc.nat(2) }),
  },
  { weight: 2, arbitrary: fc.constant('next' as const) },
  { weight: 1, arbitrary: fc.record({ leaves: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ givesBack: fc.nat(30) }) },
);

describe('Turns, for any use', () => {
  it('serves as the rule says, and foretells the order and the last place of every line', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 80 }), (steps) => {
        const rig = new Rig();
        const model = new Model();
        for (const [n, step] of steps.entries()) {
          if (step === 'next') {
            expect(rig.next()).toBe(model.next()?.id);
          } else if ('leaves' in step) {
            const gone = model.remove(step.leaves % Math.max(1, model.waiting.length));
            if (gone !== undefined) rig.turns.remove(gone.id);
          } else if ('givesBack' in step) {
            const fleet = model.giveBack(step.givesBack % Math.max(1, model.held.length));
            if (fleet !== undefined) rig.turns.giveBack(fleet);
          } else {
            model.ask({ id: String(n), ...step });
            rig.ask(String(n), step.fleet, step.priority);
          }
          expect(rig.turns.size).toBe(model.waiting.length);
        }
        const order = rig.turns.order();
        for (const { fleet, priority } of model.waiting) {
          const line = model.waiting.filter((o) => o.fleet === fleet && o.priority === priority);
          const last = line.at(-1)?.id ?? '';
          expect(rig.turns.lastPlace(fleet, priority)).toBe(order.indexOf(last) + 1);
        }
        const served = [...model.waiting].map(() => model.next()?.id);
        expect(order).toEqual(served);
        expect(rig.drain()).toEqual(served);
      }),
      { numRuns: 500 },
    );
  });
});

describe('Fifo', () => {
  it('behaves like a list, for any use', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(9)), { maxLength: 40 }), (steps) => {
        const fifo = new Fifo<number>();
        let model: ReturnType<typeof fifo.push>[] = [];
        for (const [n, removed] of steps.entries()) {
          const link = model[removed ?? -1];
          if (link === undefined) {
            model.push(fifo.push(n));
          } else {
            fifo.remove(link);
            model = model.filter((one) => one !== link);
          }
          const values: number[] = [];
          for (let l = fifo.head; l !== undefined; l = l.next) values.push(l.value);
          expect(values).toEqual(model.map(({ value }) => value));
          expect([fifo.size, fifo.tail]).toEqual([model.length, model.at(-1)]);
        }
      }),
    );
  });
});
