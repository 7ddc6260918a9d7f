import { describe, expect, it } from 'vitest';
import type { ChannelCall, ChannelLimits } from '../../../src/speech/google/channels.ts';
import { CHANNELS, Channels } from '../../../src/speech/google/channels.ts';
import type { Driver, DriverCall, DriverEvents } from '../../../src/speech/google/driver.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const OPENING = { version: 'v1', first: {}, headers: {} } as const;

/** A connection whose calls do what a test tells them. */
class HandDriver implements Driver {
  readonly calls: DriverEvents[] = [];
  cancelled = 0;
  state: 'open' | 'closed' = 'open';

  open(_: unknown, events: DriverEvents): DriverCall {
    this.calls.push(events);
    return {
      write: () => undefined,
      halfClose: () => undefined,
      cancel: () => {
        this.cancelled += 1;
      },
    };
  }

  async close(): Promise<void> {
    this.state = 'closed';
    await Promise.resolve();
  }
}

class Rig {
  readonly clock = new FakeClock();
  readonly drivers: HandDriver[] = [];
  readonly told: (number | 'replaced')[] = [];
  readonly channels: Channels;

  constructor(limits: Partial<ChannelLimits> = {}) {
    this.channels = new Channels({
      clock: this.clock,
      newDriver: () => {
        const driver = new HandDriver();
        this.drivers.push(driver);
        return driver;
      },
      isFailure: (code) => code === 14,
      events: {
        onChannels: (open) => this.told.push(open),
        onChannelReplaced: () => this.told.push('replaced'),
      },
      limits: { ...CHANNELS, ...limits },
    });
  }

  open(): ChannelCall {
    const call = this.channels.open(OPENING, {
      onMessage: () => undefined,
      onTaken: () => undefined,
      onEnd: () => undefined,
    });
    if (call === undefined) throw new Error('there was no channel');
    return call;
  }

  openMany(count: number): ChannelCall[] {
    return Array.from({ length: count }, () => this.open());
  }

  states(): string[] {
    return this.drivers.map(({ state }) => state);
  }
}

describe('Channels', () => {
  it('give no connection more than 90 streams, and open others on demand', () => {
    const rig = new Rig();
    rig.openMany(250);
    expect(rig.channels.sizes).toEqual([90, 90, 70]);
  });

  it('fill what has room before they open another', () => {
    const rig = new Rig();
    const calls = rig.openMany(180);
    calls[5]?.cancel();
    calls[100]?.cancel();
    calls[101]?.cancel();
    rig.openMany(1);
    expect(rig.channels.sizes).toEqual([90, 88]);
  });

  it('close a connection that was idle for a minute, but never the last', async () => {
    const rig = new Rig();
    for (const call of rig.openMany(91)) call.cancel();
    await rig.clock.advance(59_999);
    expect(rig.states()).toEqual(['open', 'open']);
    await rig.clock.advance(1);
    expect(rig.states()).toEqual(['closed', 'open']);
    expect(rig.clock.pending).toBe(0);
  });

  it('keep an idle connection that is needed again in time', async () => {
    const rig = new Rig();
    const calls = rig.openMany(91);
    calls.at(-1)?.cancel();
    await rig.clock.advance(30_000);
    rig.open();
    await rig.clock.advance(60_000);
    expect(rig.states()).toEqual(['open', 'open']);
  });

  it('give a new stream to another connection than one that has just failed', () => {
    const rig = new Rig();
    rig.open();
    rig.drivers[0]?.calls[0]?.onEnd(14, 'gone');
    rig.open();
    expect(rig.drivers.map(({ calls }) => calls.length)).toEqual([1, 1]);
    rig.drivers[1]?.calls[0]?.onEnd(3, 'bad config');
    rig.open();
    expect(rig.drivers.map(({ calls }) => calls.length)).toEqual([1, 2]);
  });

  it('trust a connection again once it has answered', () => {
    const rig = new Rig();
    rig.openMany(2);
    rig.drivers[0]?.calls[0]?.onEnd(14, 'gone');
    rig.drivers[0]?.calls[1]?.onMessage({});
    rig.open();
    expect(rig.drivers).toHaveLength(1);
  });

  it('replace a connection that has failed twice, once its last stream has ended', () => {
    const rig = new Rig();
    const calls = rig.openMany(3);
    calls[0]?.blame();
    calls[1]?.blame();
    expect([rig.channels.sizes, rig.states()]).toEqual([[], ['open']]);
    rig.open();
    expect(rig.drivers[1]?.calls).toHaveLength(1);
    calls[2]?.cancel();
    expect(rig.states()).toEqual(['closed', 'open']);
    expect(rig.told).toEqual([1, 'replaced', 2, 1]);
  });

  it('tell how many are open, whenever that changes', async () => {
    const rig = new Rig();
    for (const call of rig.openMany(91)) call.cancel();
    expect(rig.told).toEqual([1, 2]);
    await rig.clock.advance(60_000);
    expect(rig.told).toEqual([1, 2, 1]);
    await rig.channels.close();
    expect(rig.told).toEqual([1, 2, 1, 0]);
  });

  it('count the end of a call once, whoever ends it', () => {
    const rig = new Rig();
    const [call] = rig.openMany(2);
    rig.drivers[0]?.calls[0]?.onEnd(0, '');
    call?.cancel();
    expect(rig.channels.sizes).toEqual([1]);
  });

  it('have no place for a stream when there may be no more of them', () => {
    const rig = new Rig({ streamsMax: 2, channelsMax: 2 });
    rig.openMany(4);
    expect(() => rig.open()).toThrow('no channel');
  });

  it('take one that has failed when there may be no other', () => {
    const rig = new Rig({ channelsMax: 1 });
    rig.open().blame();
    rig.open();
    expect(rig.drivers).toHaveLength(1);
  });

  it('close all', async () => {
    const rig = new Rig();
    for (const call of rig.openMany(100)) call.cancel();
    await rig.channels.close();
    expect(rig.states()).toEqual(['closed', 'closed']);
    expect(rig.clock.pending).toBe(0);
  });
});
