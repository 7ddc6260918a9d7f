import { describe, expect, it } from 'vitest';
import type { FromWorker } from '../../src/fleet/messages.ts';
import type { Death } from '../../src/fleet/post.ts';
import { Post } from '../../src/fleet/post.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeWorkers } from '../fakes/fake-worker.ts';

function newPost() {
  const clock = new FakeClock();
  const workers = new FakeWorkers();
  const heard: FromWorker['type'][] = [];
  const deaths: Death[] = [];
  let closed = 0;
  let holders = 0;
  const post = new Post({
    index: 0,
    clock,
    start: workers.start,
    resumeKey: 'key',
    newHolder: () => {
      holders += 1;
      return `h${holders}`;
    },
    events: {
      onMessage: (_, { type }) => heard.push(type),
      onDied: (_, death) => deaths.push(death),
      onClosed: () => {
        closed += 1;
      },
    },
  });
  return { clock, workers, heard, deaths, closed: () => closed, post };
}

describe('Post', () => {
  it('tells each worker its name and the key, and serves once it listens', () => {
    const { workers, heard, post } = newPost();
    post.start();
    const setup = { type: 'setup', holder: 'h1', resumeKey: 'key', worker: 0 };
    expect(workers.nth(0).told).toEqual([setup]);
    workers.nth(0).load();
    expect(post.state).toBe('loaded');
    workers.nth(0).listen();
    expect(post.state).toBe('serving');
    expect(heard).toEqual(['loaded', 'listening']);
  });

  it('is followed by another worker with another name, after a pause when it died young', async () => {
    const { clock, workers, deaths, post } = newPost();
    post.start();
    workers.nth(0).load();
    workers.nth(0).listen();
    await clock.advance(6_000);
    workers.nth(0).end('SIGKILL');
    expect(deaths).toMatchObject([{ how: 'SIGKILL', pauseMs: 0 }]);
    await clock.advance(0);
    workers.nth(1).end('exit code 1');
    expect(deaths[1]).toMatchObject({ how: 'exit code 1', pauseMs: 100 });
    await clock.advance(99);
    expect(post.state).toBe('empty');
    await clock.advance(1);
    expect([post.state, post.holder]).toEqual(['starting', 'h3']);
  });

  it('ends when its worker has ended as it was told, and nobody follows', async () => {
    const { clock, workers, deaths, closed, post } = newPost();
    post.start();
    post.end({ type: 'drain', waitMsMax: 5 });
    post.end({ type: 'close' });
    expect(workers.nth(0).told.map(({ type }) => type)).toEqual(['setup', 'drain', 'close']);
    workers.nth(0).end('exit code 0');
    await clock.advance(60_000);
    expect([post.state, closed(), deaths, workers.started.length]).toEqual(['closed', 1, [], 1]);
  });

  it('ends at once while it waits for the next worker', async () => {
    const { clock, workers, closed, post } = newPost();
    post.start();
    workers.nth(0).end('exit code 1');
    post.end({ type: 'close' });
    expect([post.state, closed()]).toEqual(['closed', 1]);
    await clock.advance(60_000);
    expect(workers.started).toHaveLength(1);
  });

  it('is followed sooner when it has to hurry, and no worker follows twice', async () => {
    const { clock, workers, post } = newPost();
    post.start();
    for (let n = 0; n < 8; n += 1) {
      workers.nth(n).end('exit code 1');
      if (n < 7) await clock.advance(5_000);
    }
    post.hurry();
    await clock.advance(99);
    expect(workers.started).toHaveLength(8);
    await clock.advance(1);
    post.hurry();
    await clock.advance(5_000);
    expect([workers.started.length, post.state]).toEqual([9, 'starting']);
  });

  it('kills a worker that serves and says nothing for ten checks, and says why', async () => {
    const { clock, workers, deaths, post } = newPost();
    post.start();
    workers.nth(0).load();
    workers.nth(0).listen();
    for (let n = 0; n < 30; n += 1) {
      post.check();
      workers.nth(0).count([]);
    }
    for (let n = 0; n < 10; n += 1) post.check();
    expect([post.state, post.isServing, deaths]).toEqual(['serving', false, []]);
    post.check();
    expect(deaths).toMatchObject([{ how: 'it said nothing for 10 s, and was killed' }]);
    await clock.advance(100);
    expect(post.state).toBe('starting');
  });

  it('lets a worker take a minute to load, and no longer', () => {
    const { workers, deaths, post } = newPost();
    post.start();
    for (let n = 0; n < 60; n += 1) post.check();
    workers.nth(0).load();
    for (let n = 0; n < 60; n += 1) post.check();
    expect(deaths).toEqual([]);
    post.check();
    expect(deaths).toMatchObject([{ how: 'it said nothing for 60 s, and was killed' }]);
  });

  it('kills a worker that hangs while it is to end', () => {
    const { workers, closed, post } = newPost();
    post.start();
    workers.nth(0).load();
    workers.nth(0).listen();
    post.end({ type: 'drain', waitMsMax: 3_600_000 });
    for (let n = 0; n < 11; n += 1) post.check();
    expect([post.state, closed()]).toEqual(['closed', 1]);
  });
});
