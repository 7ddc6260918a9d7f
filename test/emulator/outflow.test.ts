import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../fakes/fake-clock.ts';
import { Outflow } from './outflow.ts';

describe('Outflow', () => {
  it('says all in the order it was added, none before its time and none inside add()', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ waitMs: fc.nat(50), latencyMs: fc.nat(200) }), { maxLength: 30 }),
        async (steps) => {
          const clock = new FakeClock();
          const outflow = new Outflow(clock, 100);
          const said: number[] = [];
          for (const [i, { waitMs, latencyMs }] of steps.entries()) {
            await clock.advance(waitMs);
            const dueMs = clock.nowMs() + latencyMs;
            const before = said.length;
            outflow.add(latencyMs, () => {
              expect(clock.nowMs()).toBeGreaterThanOrEqual(dueMs);
              said.push(i);
            });
            expect(said).toHaveLength(before);
          }
          await clock.advance(1_000);
          expect(said).toEqual(steps.map((_, i) => i));
          expect(clock.pending).toBe(0);
        },
      ),
    );
  });

  it('lets a delay push back what is added later, and all behind it', async () => {
    const clock = new FakeClock();
    const outflow = new Outflow(clock, 10);
    const said: [string, number][] = [];
    const add = (name: string): boolean => outflow.add(10, () => said.push([name, clock.nowMs()]));
    add('a');
    outflow.delay(1_000);
    add('b');
    await clock.advance(500);
    add('c');
    await clock.advance(1_000);
    expect(said).toEqual([
      ['a', 10],
      ['b', 1_010],
      ['c', 1_010],
    ]);
  });

  it('says nothing of what waited after clear(), even from inside an item', async () => {
    const clock = new FakeClock();
    const outflow = new Outflow(clock, 10);
    const said: string[] = [];
    outflow.add(10, () => {
      said.push('a');
      outflow.clear();
      outflow.add(0, () => said.push('c'));
    });
    outflow.add(10, () => said.push('b'));
    await clock.advance(100);
    expect(said).toEqual(['a', 'c']);
    expect(clock.pending).toBe(0);
  });

  it('takes no more than its bound', () => {
    const outflow = new Outflow(new FakeClock(), 2);
    const added = [1, 2, 3].map(() => outflow.add(10, () => undefined));
    expect(added).toEqual([true, true, false]);
  });
});
