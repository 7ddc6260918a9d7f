import { describe, expect, it } from 'vitest';
import type { EarshotError } from '../../src/errors.ts';
import { Supervisor } from '../../src/fleet/supervisor.ts';
import { Metrics, SUPERVISOR } from '../../src/metrics.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeLog } from '../fakes/fake-log.ts';
import { FakeWorkers } from '../fakes/fake-worker.ts';

class Rig {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly workers = new FakeWorkers();
  readonly failures: EarshotError[] = [];
  portHeld = true;
  readonly supervisor = new Supervisor({
    clock: this.clock,
    log: this.log,
    metrics: new Metrics({ worker: SUPERVISOR, google: true, tls: true }),
    workers: 2,
    start: this.workers.start,
    port: {
      port: 4_000,
      release: () => {
        this.portHeld = false;
        return Promise.resolve();
      },
    },
    streamsMax: undefined,
    startsPerMinuteMax: 0,
    resumeKey: 'key',
    name: 'f',
    onFailed: (error) => this.failures.push(error),
  });

  /** Both workers serve. */
  async start(): Promise<void> {
    const started = this.supervisor.start();
    for (const n of [0, 1]) await this.serve(n);
    await started;
  }

  async serve(n: number): Promise<void> {
    this.workers.nth(n).load();
    await this.clock.advance(0);
    this.workers.nth(n).listen();
  }

  /** Time passes, and these workers answer. */
  async live(ms: number, ...workers: number[]): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      for (const n of workers) this.workers.nth(n).count([]);
      await this.clock.advance(Math.min(left, 1_000));
    }
  }

  /** Of the last lease of each worker, none when it has had none. */
  slots(): number[] {
    return this.workers.started.map((worker) => worker.all('lease').at(-1)?.lease.slots ?? 0);
  }

  /** More sessions of this worker wait than there are slots. */
  want(n: number): void {
    this.#use(n, 5 - n, 9);
  }

  /** Every worker confirms its last lease. */
  confirm(...used: number[]): void {
    for (const n of this.workers.started.keys()) this.#use(n, used[n] ?? 0, 0);
  }

  #use(n: number, used: number, waiting: number): void {
    const worker = this.workers.nth(n);
    worker.say({
      type: 'usage',
      usage: {
        seq: worker.all('lease').at(-1)?.lease.seq ?? 0,
        slots: { used, waiting },
        overlaps: { used: 0, waiting: 0 },
        starts: { spent: 0, waiting: 0 },
        quota: { served: 0, refused: 0 },
      },
    });
  }
}

describe('Supervisor', () => {
  it('starts workers, lets go of the port when the first is ready to listen on it, and is ready', async () => {
    const rig = new Rig();
    const started = rig.supervisor.start();
    expect(rig.supervisor.notReady()).toBeDefined();
    expect([rig.workers.started.length, rig.portHeld]).toEqual([2, true]);
    rig.workers.nth(0).load();
    await rig.clock.advance(0);
    expect(rig.portHeld).toBe(false);
    expect(rig.workers.nth(0).all('listen')).toEqual([{ type: 'listen', port: 4_000 }]);
    expect(rig.workers.nth(1).all('listen')).toEqual([]);
    rig.workers.nth(0).listen();
    await rig.serve(1);
    await started;
    expect(rig.supervisor.notReady()).toBeUndefined();
  });

  it('throws what keeps a worker from starting, and leaves none', async () => {
    const rig = new Rig();
    const started = rig.supervisor.start();
    rig.workers
      .nth(0)
      .say({ type: 'failed', code: 'model_invalid', message: 'a model is missing' });
    rig.workers.nth(0).end('exit code 1');
    await rig.clock.advance(0);
    expect(rig.workers.nth(1).told.at(-1)).toEqual({ type: 'close' });
    rig.workers.nth(1).end('exit code 0');
    await expect(started).rejects.toMatchObject({ code: 'model_invalid' });
    expect([rig.portHeld, rig.clock.pending]).toEqual([false, 0]);
  });

  it('starts another for a worker that dies while the server starts, three times at most', async () => {
    const rig = new Rig();
    const started = rig.supervisor.start();
    await rig.serve(0);
    rig.workers.nth(1).end('SIGKILL');
    await rig.clock.advance(100);
    await rig.serve(2);
    await started;
    expect(rig.supervisor.notReady()).toBeUndefined();
    const other = new Rig();
    const failed = other.supervisor.start();
    for (const n of [0, 2, 3, 4]) {
      other.workers.nth(n).end('SIGSEGV');
      await other.clock.advance(100);
    }
    other.workers.nth(1).end('exit code 0');
    await expect(failed).rejects.toThrow('worker 0 ended while it started: SIGSEGV');
    expect(other.clock.pending).toBe(0);
  });

  it('shares out the slots that the recognizer has, and gives those of a dead worker to the others', async () => {
    const rig = new Rig();
    await rig.start();
    for (let n = 0; n < 3; n += 1) rig.confirm();
    expect(rig.slots()).toEqual([5, 4]);
    rig.confirm(5, 4);
    rig.workers.nth(0).end('SIGKILL');
    for (let n = 0; n < 3; n += 1) rig.confirm(0, 4);
    expect(rig.slots()[1]).toBe(9);
    expect(rig.log.of('a worker died')).toMatchObject([{ fields: { worker: 0, how: 'SIGKILL' } }]);
  });

  it('is ready as long as one worker takes sessions', async () => {
    const rig = new Rig();
    await rig.start();
    rig.workers.nth(0).end('SIGKILL');
    expect(rig.supervisor.notReady()).toBeUndefined();
    rig.workers.nth(1).count([], 'Google: no credentials');
    expect(rig.supervisor.notReady()).toBe('Google: no credentials');
    await rig.clock.advance(100);
    await rig.serve(2);
    expect(rig.supervisor.notReady()).toBeUndefined();
    rig.supervisor.leave();
    expect(rig.supervisor.notReady()).toBe('this server is going away');
  });

  it('adds up what workers count when it is asked, those that died included', async () => {
    const rig = new Rig();
    await rig.start();
    const metrics = new Metrics();
    metrics.frames = 7;
    const snapshot = metrics.snapshot();
    for (const worker of rig.workers.started) worker.count(snapshot);
    rig.workers.nth(0).end('SIGKILL');
    const text = rig.supervisor.text();
    rig.workers.nth(1).count(snapshot);
    expect(await text).toMatch(/^earshot_frames_total 14$/m);
    expect(await text).toMatch(/^earshot_worker_deaths_total 1$/m);
    expect(await text).toMatch(/^earshot_stream_limit 10$/m);
  });

  it('passes on to the holder of a session that another worker has taken it, and to nobody else', async () => {
    const rig = new Rig();
    await rig.start();
    const [{ holder } = { holder: '' }] = rig.workers.nth(0).all('setup');
    rig.workers.nth(1).say({ type: 'taken', session: 's', holder, as: 'x' });
    rig.workers.nth(1).say({ type: 'taken', session: 't', holder: 'elsewhere', as: 'x' });
    expect(rig.workers.nth(0).all('release')).toEqual([{ type: 'release', session: 's', as: 'x' }]);
    expect(rig.workers.nth(1).all('release')).toEqual([]);
  });

  it('drains: tells every worker, waits for them, and ends those that are late', async () => {
    const rig = new Rig();
    await rig.start();
    let drained = false;
    void rig.supervisor.drain(30_000).then(() => {
      drained = true;
    });
    for (const worker of rig.workers.started) {
      expect(worker.told.at(-1)).toEqual({ type: 'drain', waitMsMax: 30_000 });
    }
    rig.workers.nth(0).end('exit code 0');
    await rig.live(30_999, 1);
    expect(drained).toBe(false);
    await rig.clock.advance(1);
    expect(drained).toBe(true);
    expect([rig.workers.started.length, rig.clock.pending]).toEqual([2, 0]);
    expect(rig.log.of('a worker died')).toEqual([]);
  });

  it('passes on to every worker that files have changed', async () => {
    const rig = new Rig();
    await rig.start();
    rig.supervisor.renew();
    for (const n of [0, 1]) expect(rig.workers.nth(n).all('renew')).toHaveLength(1);
  });

  it('ends every worker where it stands when it has to', async () => {
    const rig = new Rig();
    await rig.start();
    void rig.supervisor.close();
    rig.supervisor.kill();
    expect(rig.workers.started.map(({ ends }) => ends)).toEqual(['SIGKILL', 'SIGKILL']);
  });

  it('goes on while any worker serves, however often another one dies', async () => {
    const rig = new Rig();
    await rig.start();
    rig.workers.nth(0).end('SIGKILL');
    for (let n = 2; n < 102; n += 1) {
      await rig.clock.advance(5_000);
      rig.workers.nth(1).count([]);
      await rig.serve(n);
      rig.workers.nth(n).end('SIGKILL');
      expect(rig.supervisor.notReady()).toBeUndefined();
    }
    expect([rig.failures, rig.workers.started.length]).toEqual([[], 102]);
  });

  it('starts workers soon when none serves, and fails when none has for 30 s', async () => {
    const rig = new Rig();
    await rig.start();
    rig.workers.nth(0).end('SIGKILL');
    rig.workers.nth(1).end('SIGKILL');
    expect(rig.supervisor.notReady()).toBe('no worker serves');
    await rig.clock.advance(100);
    await rig.serve(2);
    await rig.live(40_000, 2, 3);
    expect(rig.failures).toEqual([]);
    rig.workers.nth(2).end('SIGKILL');
    for (let n = 3; n < 62; n += 1) {
      rig.workers.nth(n).say({ type: 'failed', code: 'model_invalid', message: 'no model' });
      rig.workers.nth(n).end('exit code 1');
      await rig.clock.advance(500);
    }
    await rig.clock.advance(499);
    expect(rig.failures).toEqual([]);
    await rig.clock.advance(1);
    expect(rig.failures).toMatchObject([
      { message: 'no worker has served for 30 s, the last one died by: no model' },
    ]);
    expect(rig.log.of('a worker died').at(-1)).toMatchObject({ fields: { how: 'no model' } });
  });

  it('kills a worker that hangs, is not ready meanwhile, and has another one follow', async () => {
    const rig = new Rig();
    await rig.start();
    rig.workers.nth(0).end('SIGKILL');
    await rig.clock.advance(3_000);
    expect(rig.supervisor.notReady()).toBe('no worker serves');
    await rig.clock.advance(8_000);
    const how = 'it said nothing for 10 s, and was killed';
    expect(rig.log.of('a worker died').at(-1)).toMatchObject({ fields: { worker: 1, how } });
    await rig.clock.advance(100);
    await rig.serve(3);
    expect(rig.supervisor.notReady()).toBeUndefined();
  });

  it('leases on while it drains, and no more when it closes', async () => {
    const rig = new Rig();
    await rig.start();
    for (let n = 0; n < 3; n += 1) rig.confirm();
    const drained = rig.supervisor.drain(30_000);
    rig.confirm(5, 0);
    rig.want(0);
    for (let n = 0; n < 3; n += 1) rig.confirm(5, 0);
    expect(rig.slots()[0]).toBeGreaterThan(5);
    const [before] = rig.slots();
    const closed = rig.supervisor.close();
    rig.want(1);
    rig.confirm(0, 4);
    expect(rig.slots()[0]).toBe(before);
    for (const worker of rig.workers.started) worker.end('exit code 0');
    await Promise.all([drained, closed]);
    expect(rig.clock.pending).toBe(0);
  });
});
