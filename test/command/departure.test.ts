import { describe, expect, it } from 'vitest';
import type { Running } from '../../src/command/departure.ts';
import { Departure } from '../../src/command/departure.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeTerminal } from '../fakes/fake-terminal.ts';

class Rig implements Running {
  readonly clock = new FakeClock();
  readonly terminal = new FakeTerminal();
  /** What was done, and when. */
  readonly done: string[] = [];
  open = 0;
  readonly departure = new Departure({
    server: this,
    clock: this.clock,
    config: { drainNodeMsMax: 30_000 },
    terminal: this.terminal,
    exitAfter: (ending) => void ending.then(() => this.#did('exit')),
    abandon: () => this.#did('abandon'),
  });
  #closed: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => {
    this.#closed = resolve;
  });

  sessions(): number {
    return this.open;
  }

  leave(): void {
    this.#did('leave');
  }

  drain(waitMsMax: number): Promise<void> {
    this.#did(`drain ${waitMsMax}`);
    return this.#ended;
  }

  close(): Promise<void> {
    this.#did('close');
    return this.#ended;
  }

  end(): void {
    this.#closed();
  }

  #did(what: string): void {
    this.done.push(`${this.clock.nowMs()}: ${what}`);
  }
}

describe('Departure', () => {
  it('drains at once when no session is open', async () => {
    const rig = new Rig();
    rig.departure.signal('SIGTERM');
    await rig.clock.advance(1_000);
    expect(rig.done).toEqual(['0: leave', '0: drain 29000']);
    expect(rig.terminal.text).toBe('finishing 0 sessions, 30000 ms at most\n');
    rig.end();
    await rig.clock.advance(0);
    expect(rig.done.at(-1)).toBe('1000: exit');
  });

  it('waits until a balancer has seen that it is not ready, and no longer than sessions are open', async () => {
    const rig = new Rig();
    rig.open = 3;
    rig.departure.drain();
    rig.departure.drain();
    await rig.clock.advance(30_000);
    expect(rig.done).toEqual(['0: leave', '5000: drain 24000']);
    const short = new Rig();
    short.open = 1;
    short.departure.drain();
    await short.clock.advance(250);
    short.open = 0;
    await short.clock.advance(100);
    expect(short.done).toEqual(['0: leave', '300: drain 28700']);
  });

  it('goes on draining on the SIGTERM that follows a request, and closes on the next signal', async () => {
    const rig = new Rig();
    rig.open = 1;
    rig.departure.drain();
    await rig.clock.advance(100);
    rig.departure.signal('SIGTERM');
    rig.departure.drain();
    await rig.clock.advance(10_000);
    expect(rig.done).toEqual(['0: leave', '5000: drain 24000']);
    rig.departure.signal('SIGTERM');
    expect(rig.done.at(-1)).toBe('10100: close');
    rig.departure.signal('SIGTERM');
    expect(rig.done.at(-1)).toBe('10100: abandon');
  });

  it('ends all sessions at once on SIGINT, and on any signal after SIGTERM', async () => {
    const rig = new Rig();
    rig.departure.signal('SIGINT');
    expect(rig.done).toEqual(['0: close']);
    const asked = new Rig();
    asked.departure.drain();
    asked.departure.signal('SIGINT');
    expect(asked.done.at(-1)).toBe('0: close');
    const draining = new Rig();
    draining.open = 1;
    draining.departure.signal('SIGTERM');
    await draining.clock.advance(100);
    draining.departure.signal('SIGTERM');
    await draining.clock.advance(10_000);
    expect(draining.done.filter((what) => what.includes('drain'))).toEqual([]);
    expect(draining.done.slice(0, 2)).toEqual(['0: leave', '100: close']);
    expect(draining.done.some((what) => what.includes('exit'))).toBe(false);
    draining.end();
    await draining.clock.advance(0);
    expect(draining.done).toContain('10100: exit');
  });

  it('ends where it stands on a signal after that', () => {
    const rig = new Rig();
    for (const name of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) rig.departure.signal(name);
    expect(rig.done.at(-1)).toBe('0: abandon');
  });
});
