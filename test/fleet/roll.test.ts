import { describe, expect, it } from 'vitest';
import { Post } from '../../src/fleet/post.ts';
import { Roll } from '../../src/fleet/roll.ts';
import type { Table } from '../../src/live.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeWorkers } from '../fakes/fake-worker.ts';

function newFleet() {
  const clock = new FakeClock();
  const workers = new FakeWorkers();
  const events = { onMessage: () => 0, onDied: () => 0, onClosed: () => 0 };
  const posts = [0, 1].map((index) => {
    const newHolder = (): string => `h${index}`;
    return new Post({ index, clock, start: workers.start, newHolder, resumeKey: '', events });
  });
  for (const post of posts) post.start();
  for (const worker of workers.started) {
    worker.load();
    worker.listen();
  }
  return { clock, workers, posts, roll: new Roll(clock, posts) };
}

const ONE: Table = { total: 1, sessions: [] };

describe('Roll', () => {
  it('puts together what all workers have, asked once however many want to know', async () => {
    const { clock, workers, posts, roll } = newFleet();
    const calls = [roll.call(), roll.call()];
    expect(workers.started.map((worker) => worker.all('list').length)).toEqual([1, 1]);
    for (const post of posts) roll.answered(post, ONE);
    expect((await Promise.all(calls)).map(({ total }) => total)).toEqual([2, 2]);
    expect(clock.pending).toBe(0);
    void roll.call();
    expect(workers.nth(0).all('list')).toHaveLength(2);
  });

  it('waits for nobody who is no more, nor longer than a second, and forgets what comes late', async () => {
    const { clock, posts, roll } = newFleet();
    const [first, second] = posts;
    if (first === undefined || second === undefined) throw new Error('there are no posts');
    const called = roll.call();
    roll.answered(first, ONE);
    roll.left(second);
    expect((await called).total).toBe(1);
    const again = roll.call();
    roll.answered(second, { total: 5, sessions: [] });
    await clock.advance(1_000);
    expect((await again).total).toBe(5);
    roll.answered(first, ONE);
    const last = roll.call();
    for (const post of posts) roll.left(post);
    expect((await last).total).toBe(0);
  });

  it('knows of no session where nobody serves', async () => {
    expect(await new Roll(new FakeClock(), []).call()).toEqual({ total: 0, sessions: [] });
  });
});
