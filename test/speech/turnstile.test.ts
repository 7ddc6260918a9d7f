import { describe, expect, it } from 'vitest';
import { Starts } from '../../src/speech/starts.ts';
import { Turnstile } from '../../src/speech/turnstile.ts';
import { FakeClock, settle } from '../fakes/fake-clock.ts';

class Rig {
  readonly clock = new FakeClock();
  readonly starts: Starts;
  readonly turnstile: Turnstile;
  /** Who has passed, and when. */
  readonly passed: string[] = [];
  readonly #leaves: (() => void)[] = [];

  constructor(limit: number, startsPerMinuteMax?: number) {
    this.starts = new Starts(this.clock, startsPerMinuteMax);
    this.turnstile = new Turnstile(this.clock, this.starts);
    this.turnstile.setLimit(limit);
  }

  enter(...ids: string[]): void {
    for (const id of ids) {
      const pass = (): Promise<void> => {
        this.passed.push(`${id} ${this.clock.nowMs()}`);
        return new Promise((resolve) => this.#leaves.push(resolve));
      };
      this.turnstile.enter(pass, { id, fleet: 'f', priority: 0 });
    }
  }

  leave(): Promise<void> {
    this.#leaves.shift()?.();
    this.turnstile.turns.giveBack('f');
    return settle();
  }
}

describe('Turnstile', () => {
  it('lets through as many as there are slots, and the next one for each that leaves', async () => {
    const rig = new Rig(2);
    rig.enter('a', 'b', 'c', 'd');
    expect(rig.passed).toEqual(['a 0', 'b 0']);
    await rig.leave();
    expect(rig.passed).toEqual(['a 0', 'b 0', 'c 0']);
    expect(rig.clock.pending).toBe(0);
  });

  it('lets through nobody at 0, and more at once when the limit rises', async () => {
    const rig = new Rig(0);
    rig.enter('a', 'b');
    await settle();
    expect(rig.passed).toEqual([]);
    rig.turnstile.setLimit(2);
    expect(rig.passed).toEqual(['a 0', 'b 0']);
  });

  it('spends a start for each, and stands still while none is left', async () => {
    const rig = new Rig(10, 2);
    rig.enter('a', 'b', 'c', 'd');
    expect([rig.passed, rig.starts.left]).toEqual([['a 0', 'b 0'], 0]);
    await rig.clock.advance(100_000);
    expect(rig.passed).toEqual(['a 0', 'b 0', 'c 60500', 'd 60500']);
    expect(rig.clock.pending).toBe(0);
  });

  it('stands still too when somebody else takes the last start', async () => {
    const rig = new Rig(1, 2);
    rig.enter('a', 'b');
    rig.starts.take();
    await rig.leave();
    expect(rig.passed).toEqual(['a 0']);
    await rig.clock.advance(10_000);
    rig.enter('c');
    await rig.clock.advance(60_000);
    expect(rig.passed).toEqual(['a 0', 'b 60500']);
  });

  it('goes on at once when starts have come while nobody waited', async () => {
    const rig = new Rig(10, 1);
    rig.enter('a');
    await rig.clock.advance(70_000);
    expect(rig.clock.pending).toBe(0);
    rig.enter('b');
    expect(rig.passed).toEqual(['a 0', 'b 70000']);
  });

  it('says how many may pass, by slots and by starts, and when the next ones may', () => {
    const rig = new Rig(10, 3);
    expect([0, 8, 10, 11].map((used) => rig.turnstile.free(used))).toEqual([3, 2, 0, 0]);
    expect([1, 3, 4].map((count) => rig.turnstile.startsMs(count))).toEqual([0, 0, 60_500]);
    expect(new Rig(10).turnstile.free(4)).toBe(6);
  });

  it('has no timer once it is told that nobody waits', () => {
    const rig = new Rig(10, 1);
    rig.enter('a', 'b');
    expect(rig.clock.pending).toBe(1);
    rig.turnstile.turns.remove('b');
    rig.turnstile.rest();
    expect(rig.clock.pending).toBe(0);
  });
});
