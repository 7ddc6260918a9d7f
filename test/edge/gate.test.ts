import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Visitor } from '../../src/edge/claims.ts';
import type { Pass } from '../../src/edge/gate.ts';
import { Gate } from '../../src/edge/gate.ts';
import type { Fault } from '../../src/wire/fault.ts';

const FAR = '192.0.2.1';
const HERE = '127.0.0.1';
const ANYBODY: Visitor = { device: { id: 'anonymous', fleet: 'default' }, terms: undefined };

function gate(settings: Record<string, string> = {}): Gate {
  return new Gate(readConfig(settings));
}

/** A message of `bytes` comes. */
function take(pass: Pass | undefined, bytes: number, nowMs: number): Fault | undefined {
  return pass?.take(bytes, { nowMs: () => nowMs });
}

function device(id: string, fleet = 'f', sessionsMax?: number): Visitor {
  const terms = { expiresMs: 1e12, ...(sessionsMax !== undefined && { sessionsMax }) };
  return { device: { id, fleet }, terms };
}

/** How many of `count` connections are let in. */
async function allowed(
  count: number,
  ask: () => Promise<object | undefined> | undefined,
): Promise<number> {
  let taken = 0;
  for (let n = 0; n < count; n++) if ((await ask()) === undefined) taken += 1;
  return taken;
}

describe('Gate: connections a minute', () => {
  it('are 1,200 of an address, and any number of this machine', async () => {
    const one = gate();
    expect(await allowed(1_300, () => one.knock(FAR))).toBe(1_200);
    expect(await allowed(10, () => one.knock('192.0.2.2'))).toBe(10);
    for (const here of [HERE, '::1', '127.9.9.9']) expect(one.knock(here)).toBeUndefined();
  });

  it('are as many as is set, of this machine too', async () => {
    const one = gate({ EARSHOT_ADDRESS_CONNECTS_PER_MINUTE_MAX: '3' });
    expect(await allowed(5, () => one.knock(HERE))).toBe(3);
    expect(gate({ EARSHOT_ADDRESS_CONNECTS_PER_MINUTE_MAX: '0' }).knock(FAR)).toBeUndefined();
  });

  it('are 60 of a device, wherever it comes from, and say when to come again', async () => {
    const one = gate();
    expect(await allowed(70, () => one.greet(device('a')))).toBe(60);
    expect(await one.greet(device('a'))).toMatchObject({
      status: 429,
      message: 'this device has connected 60 times in a minute, expected less often',
      retryAfterMs: expect.any(Number),
    });
    expect(await allowed(1, () => one.greet(device('b')))).toBe(1);
    expect(await allowed(1, () => one.greet(device('a', 'other')))).toBe(1);
  });

  it('are as many of a fleet as is set', async () => {
    const one = gate({ EARSHOT_FLEET_CONNECTS_PER_MINUTE_MAX: '2' });
    let n = 0;
    expect(await allowed(5, () => one.greet(device(`${n++}`)))).toBe(2);
  });

  it('are not counted of nobody in particular but by address', () => {
    expect(gate().greet(ANYBODY)).toBeUndefined();
  });
});

describe('Gate: connections at once', () => {
  it.each([
    ['EARSHOT_ADDRESS_SESSIONS_MAX', /this address has 2/],
    ['EARSHOT_FLEET_SESSIONS_MAX', /this fleet has 2/],
  ])('are as many as %s says, and one that is gone makes room', (name, says) => {
    const one = gate({ [name]: '2' });
    const [first] = [one.enter(FAR, device('a'), 0), one.enter(FAR, device('a'), 0)];
    expect(one.full(FAR, device('a'))).toMatchObject({
      status: 429,
      message: expect.stringMatching(says),
    });
    expect(one.full('192.0.2.2', device('b', 'g'))).toBeUndefined();
    first?.leave(0);
    expect(one.full(FAR, device('a'))).toBeUndefined();
  });

  it('of a device are one more while its session moves, which alone may begin there', () => {
    const roaming = device('a', 'f', 1);
    for (const one of [gate(), gate({ EARSHOT_DEVICE_SESSIONS_MAX: '1' })]) {
      const dead = one.enter(FAR, roaming, 0);
      expect([dead.begin(), one.full(FAR, roaming)]).toEqual([undefined, undefined]);
      const next = one.enter(FAR, roaming, 0);
      expect(next.begin()).toMatchObject({ code: 'rate_limited' });
      expect(one.full(FAR, roaming)).toMatchObject({ status: 429 });
      dead.leave(0);
      expect([next.begin(), one.full(FAR, roaming)]).toEqual([undefined, undefined]);
    }
  });

  it('of nobody in particular are each a device of their own', () => {
    const one = gate({ EARSHOT_DEVICE_SESSIONS_MAX: '1' });
    for (let n = 0; n < 5; n++) {
      expect(one.full(HERE, ANYBODY)).toBeUndefined();
      one.enter(HERE, ANYBODY, 0);
    }
  });
});

describe('Gate: what is sent', () => {
  it.each([
    ['EARSHOT_ADDRESS_MESSAGES_PER_SECOND_MAX', 1],
    ['EARSHOT_DEVICE_MESSAGES_PER_SECOND_MAX', 1],
    ['EARSHOT_FLEET_MESSAGES_PER_SECOND_MAX', 1],
    ['EARSHOT_ADDRESS_BYTES_PER_SECOND_MAX', 10],
    ['EARSHOT_DEVICE_BYTES_PER_SECOND_MAX', 10],
    ['EARSHOT_FLEET_BYTES_PER_SECOND_MAX', 10],
  ])('is no more than %s, for 20 s at once, of all connections together', (name, max) => {
    const one = gate({ [name]: `${max}` });
    const passes = [one.enter(FAR, device('a'), 0), one.enter(FAR, device('a'), 0)];
    let taken = 0;
    for (let n = 0; n < 50; n++) {
      const fault = take(passes[n % 2], 10, 0);
      if (fault === undefined) taken += 1;
      else expect(fault).toMatchObject({ code: 'rate_limited' });
    }
    expect(taken).toBe(20);
    expect(take(passes[0], 10, 1_000)).toBeUndefined();
  });

  const HUNDRED = { EARSHOT_DEVICE_MESSAGES_PER_SECOND_MAX: '100' };
  const sent = (pass: Pass, most = 10_000): number => {
    for (let n = 0; n < most; n++) if (take(pass, 10, 0) !== undefined) return n;
    return most;
  };

  it.each([
    ['EARSHOT_DEVICE_MESSAGES_PER_SECOND_MAX', '100'],
    ['EARSHOT_DEVICE_BYTES_PER_SECOND_MAX', '1000'],
  ])('is exceeded by what is counted before %s is asked, and that is owed', (name, max) => {
    const one = gate({ [name]: max });
    const first = one.enter(FAR, device('a'), 0);
    expect(sent(first, 3)).toBe(3);
    first.leave(0);
    const pass = one.enter(FAR, device('a'), 0);
    // 5 are a 20th of what may come in a second: of the last ones 3 were too many.
    expect(sent(pass)).toBe(2_000);
    pass.leave(0);
    const next = one.enter(FAR, device('a'), 0);
    expect(take(next, 10, 30)).toMatchObject({ code: 'rate_limited' });
    expect(take(next, 10, 40)).toBeUndefined();
  });

  it('is exceeded no more by those that come anew with every one to four messages', () => {
    const one = gate(HUNDRED);
    let taken = 0;
    for (let n = 0; n < 3_000; n++) {
      const pass = one.enter(FAR, device('a'), 0);
      taken += sent(pass, 1 + (n % 4));
      pass.leave(0);
    }
    expect(taken).toBeLessThanOrEqual(2_000 + 4);
  });

  it('is exceeded no more by many at once', () => {
    const one = gate({ ...HUNDRED, EARSHOT_DEVICE_SESSIONS_MAX: '0' });
    const passes = Array.from({ length: 100 }, () => one.enter(FAR, device('a'), 0));
    let taken = 0;
    for (let n = 0; n < 50; n++) {
      for (const pass of passes) taken += sent(pass, 1);
    }
    expect(taken).toBe(2_000);
  });

  it('is counted on when a device comes again, until it could have sent as much anew', () => {
    const one = gate({ EARSHOT_DEVICE_MESSAGES_PER_SECOND_MAX: '1' });
    const sent = (nowMs: number): number => {
      const pass = one.enter(FAR, device('a'), nowMs);
      let taken = 0;
      while (take(pass, 1, nowMs) === undefined) taken += 1;
      pass.leave(nowMs);
      return taken;
    };
    expect([0, 0, 5_000, 25_000, 25_000].map(sent)).toEqual([20, 0, 5, 20, 0]);
  });

  it('is remembered of 10,000 that are gone, and of those for 20 s', () => {
    const one = gate({ EARSHOT_DEVICE_MESSAGES_PER_SECOND_MAX: '1' });
    const spend = (id: string): number => {
      const pass = one.enter(FAR, device(id), 0);
      let taken = 0;
      while (take(pass, 1, 0) === undefined) taken += 1;
      pass.leave(0);
      return taken;
    };
    expect([spend('first'), spend('first')]).toEqual([20, 0]);
    for (let n = 0; n < 10_000; n++) one.enter(FAR, device(`${n}`, `${n}`), 0).leave(0);
    expect(spend('first')).toBe(20);
  });

  it('may be as much as a phone has kept for 90 s, and the pace of speech after it', () => {
    const pass = gate().enter(FAR, device('a'), 0);
    // 20 ms of 48,000 Hz in base64, said at once; then at twice the pace.
    const bytes = Math.ceil((1_920 * 4) / 3) + 50;
    for (let n = 0; n < 4_500; n++) expect(take(pass, bytes, 0)).toBeUndefined();
    for (let n = 0; n < 30_000; n++) expect(take(pass, bytes, n * 10)).toBeUndefined();
  });
});
