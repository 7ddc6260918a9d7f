import { describe, expect, it } from 'vitest';
import { WorkerRun } from '../../src/command/worker.ts';
import { readConfig } from '../../src/config.ts';
import type { FromWorker } from '../../src/fleet/messages.ts';
import { holdPort } from '../../src/fleet/port.ts';
import type { UplinkEvents } from '../../src/fleet/uplink.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeLog } from '../fakes/fake-log.ts';
import { RawClient } from '../fakes/raw-client.ts';

/** A worker in this process, whose supervisor is the test. Nobody recognizes: sessions queue. */
class Rig {
  readonly clock = new FakeClock();
  /** How late all timers of the worker are. */
  lateMs = 0;
  readonly said: FromWorker[] = [];
  readonly exits: number[] = [];
  readonly run: WorkerRun;
  #supervisor: UplinkEvents | undefined;
  #wake: () => void = () => undefined;

  constructor() {
    this.run = new WorkerRun({
      config: readConfig({ EARSHOT_GOOGLE_ENDPOINT: '127.0.0.1:1' }),
      clock: {
        nowMs: () => this.clock.nowMs(),
        wallMs: () => this.clock.wallMs(),
        after: (delayMs, run) => this.clock.after(delayMs + this.lateMs, run),
      },
      random: Math.random,
      log: new FakeLog(),
      env: {},
      newUplink: (events) => {
        this.#supervisor = events;
        return {
          send: (message) => {
            this.said.push(message);
            this.#wake();
            return Promise.resolve();
          },
        };
      },
      exit: (code) => this.exits.push(code),
    });
  }

  get supervisor(): UplinkEvents {
    if (this.#supervisor === undefined) throw new Error('there is no worker');
    return this.#supervisor;
  }

  /** It listens; where. */
  async listen(): Promise<string> {
    const held = await holdPort('127.0.0.1', 0);
    await held.release();
    const { onMessage } = this.supervisor;
    await this.run.start();
    onMessage({ type: 'setup', holder: 'h', resumeKey: 'k'.repeat(32), worker: 3 });
    onMessage({ type: 'listen', port: held.port });
    while (!this.said.some(({ type }) => type === 'listening')) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return `ws://127.0.0.1:${held.port}/v1/stream`;
  }
}

describe('WorkerRun', () => {
  it('drains once, however often it is told: sessions may finish, and it exits with 0', async () => {
    const rig = new Rig();
    const client = await RawClient.start(await rig.listen());
    rig.supervisor.onMessage({ type: 'drain', waitMsMax: 30_000 });
    rig.supervisor.onMessage({ type: 'drain', waitMsMax: 30_000 });
    await rig.clock.advance(20_000);
    expect([rig.exits, client.types]).toEqual([[], expect.not.arrayContaining(['error'])]);
    await rig.clock.advance(10_000);
    expect(await client.closed).toEqual({ code: 4001, reason: 'draining' });
    await rig.clock.advance(0);
    expect([rig.exits[0], rig.said.at(-1)?.type]).toEqual([0, 'counted']);
  });

  it('ends its sessions at once when it is told to close, also while it drains', async () => {
    const rig = new Rig();
    const client = await RawClient.start(await rig.listen());
    rig.supervisor.onMessage({ type: 'drain', waitMsMax: 30_000 });
    rig.supervisor.onMessage({ type: 'close' });
    expect(await client.closed).toEqual({ code: 4001, reason: 'draining' });
    await rig.clock.advance(100);
    expect(rig.exits[0]).toBe(0);
  });

  it('lets sessions finish when its supervisor is gone, and does not outlive that by more than 10 s', async () => {
    const rig = new Rig();
    const client = await RawClient.start(await rig.listen());
    rig.supervisor.onLost();
    await rig.clock.advance(29_000);
    expect(rig.exits).toEqual([]);
    await rig.clock.advance(1_100);
    expect(await client.closed).toEqual({ code: 4001, reason: 'draining' });
    await rig.clock.advance(0);
    expect(rig.exits).toEqual([0]);
    await rig.clock.advance(9_900);
    expect(rig.exits).toEqual([0, 1]);
  });

  it('is not ready while it takes no new sessions, for it has too much to do', async () => {
    const rig = new Rig();
    await rig.listen();
    const notReady = async (): Promise<unknown> => {
      rig.supervisor.onMessage({ type: 'count' });
      await rig.clock.advance(0);
      return rig.said.at(-1);
    };
    expect(await notReady()).toMatchObject({ type: 'counted', notReady: null });
    rig.lateMs = 500;
    await rig.clock.advance(10_000);
    expect(await notReady()).toMatchObject({ notReady: 'this server has too much to do' });
    rig.lateMs = 0;
    await rig.clock.advance(10_000);
    expect(await notReady()).toMatchObject({ notReady: null });
    rig.supervisor.onMessage({ type: 'close' });
    await rig.clock.advance(0);
  });

  it('says what keeps it from listening, and exits with 1', async () => {
    const rig = new Rig();
    const held = await holdPort('127.0.0.1', 0);
    await rig.run.start();
    rig.supervisor.onMessage({ type: 'setup', holder: 'h', resumeKey: 'k'.repeat(32), worker: 3 });
    rig.supervisor.onMessage({ type: 'listen', port: held.port });
    await rig.clock.advance(0);
    await rig.clock.advance(0);
    expect(rig.said.at(-1)).toMatchObject({ type: 'failed', code: 'listen_failed' });
    expect(rig.exits).toEqual([1]);
    await held.release();
  });
});
