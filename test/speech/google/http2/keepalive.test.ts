import { describe, expect, it } from 'vitest';
import { Keepalive } from '../../../../src/speech/google/http2/keepalive.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

class Peer {
  readonly clock = new FakeClock();
  readonly pings: number[] = [];
  readonly deaths: number[] = [];
  state: 'answers' | 'slow' | 'frozen' | 'gone' = 'answers';
  calls = 0;
  readonly keepalive = new Keepalive({
    clock: this.clock,
    isNeeded: () => this.calls > 0,
    ping: (onAnswer) => {
      this.pings.push(this.clock.nowMs());
      if (this.state === 'slow') this.clock.after(9_999, onAnswer);
      if (this.state === 'answers') this.clock.after(5, onAnswer);
      return this.state !== 'gone';
    },
    onDead: () => this.deaths.push(this.clock.nowMs()),
  });

  call(): void {
    this.calls += 1;
    this.keepalive.begin();
  }

  hangUp(): void {
    this.calls -= 1;
    this.keepalive.rest();
  }
}

describe('Keepalive', () => {
  it('pings every 30 s while there are calls, and is content with answers', async () => {
    const peer = new Peer();
    await peer.clock.advance(20_000);
    peer.call();
    await peer.clock.advance(80_000);
    expect(peer.pings).toEqual([30_000, 60_005, 90_010]);
    expect(peer.deaths).toEqual([]);
  });

  it('waits 10 s for an answer, and then the peer is dead', async () => {
    const peer = new Peer();
    peer.call();
    peer.state = 'slow';
    await peer.clock.advance(45_000);
    expect([peer.pings, peer.deaths]).toEqual([[30_000], []]);
    peer.state = 'frozen';
    await peer.clock.advance(100_000);
    expect(peer.deaths).toEqual([79_999]);
    expect(peer.pings).toHaveLength(2);
    expect(peer.clock.pending).toBe(0);
  });

  it('is dead at once where no ping can be sent', async () => {
    const peer = new Peer();
    peer.call();
    peer.state = 'gone';
    await peer.clock.advance(30_000);
    expect(peer.deaths).toEqual([30_000]);
  });

  it('rests while there are no calls, and pings one that begins later at once', async () => {
    const peer = new Peer();
    peer.call();
    await peer.clock.advance(10_000);
    peer.hangUp();
    expect(peer.clock.pending).toBe(0);
    await peer.clock.advance(100_000);
    expect(peer.pings).toEqual([]);
    peer.call();
    await peer.clock.advance(0);
    expect(peer.pings).toEqual([110_000]);
  });

  it('asks no more once the last call has ended while it waited for an answer', async () => {
    const peer = new Peer();
    peer.call();
    await peer.clock.advance(30_000);
    peer.hangUp();
    await peer.clock.advance(5);
    expect(peer.clock.pending).toBe(0);
  });

  it('says nothing after its end', async () => {
    const peer = new Peer();
    peer.state = 'frozen';
    peer.call();
    await peer.clock.advance(31_000);
    peer.keepalive.end();
    peer.keepalive.begin();
    await peer.clock.advance(100_000);
    expect([peer.pings.length, peer.deaths]).toEqual([1, []]);
  });
});
