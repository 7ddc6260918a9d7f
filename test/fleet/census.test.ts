import { describe, expect, it } from 'vitest';
import { Census } from '../../src/fleet/census.ts';
import { Post } from '../../src/fleet/post.ts';
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
  return { clock, workers, posts, census: new Census(clock, posts) };
}

describe('Census', () => {
  it('asks every worker, and is done when all have answered or are no more', async () => {
    const { clock, workers, posts, census } = newFleet();
    let done = false;
    void census.ask().then(() => {
      done = true;
    });
    expect(workers.started.map((worker) => worker.all('count').length)).toEqual([1, 1]);
    for (const post of posts) {
      await clock.advance(0);
      expect(done).toBe(false);
      census.answered(post);
    }
    await clock.advance(0);
    expect(done).toBe(true);
  });

  it('passes over who does not answer within a second', async () => {
    const { clock, posts, census } = newFleet();
    let done = false;
    void census.ask().then(() => {
      done = true;
    });
    for (const post of posts.slice(1)) census.answered(post);
    await clock.advance(999);
    expect(done).toBe(false);
    await clock.advance(1);
    expect(done).toBe(true);
  });

  it('asks every second by itself until it is closed', async () => {
    const { clock, workers, census } = newFleet();
    census.start();
    await clock.advance(3_000);
    expect(workers.nth(0).all('count')).toHaveLength(4);
    census.close();
    await clock.advance(3_000);
    expect(workers.nth(0).all('count')).toHaveLength(4);
    expect(clock.pending).toBe(0);
  });
});
