import { describe, expect, it } from 'vitest';
import { problem } from '../../src/client/problem.ts';
import { newLineRig, RESUME, START } from '../fakes/line-rig.ts';
import { READY } from '../fakes/scripted-server.ts';
import { SUMMARY } from '../fakes/summary.ts';

describe('Line', () => {
  it('resumes after a connection that broke, and reads the old one no more', async () => {
    const { clock, network, states, messages, line, goLive } = newLineRig();
    goLive();
    const old = network.socket();
    old.ends(1006);
    expect(line.live).toBe(false);
    await clock.advance(249);
    expect(network.sockets).toHaveLength(1);
    await clock.advance(1);
    network.socket().opens();
    expect(network.socket().drain()).toEqual([{ ...START, type: 'start', resume: RESUME }]);
    old.says(SUMMARY);
    expect(messages).toEqual([READY]);
    expect(states).toMatchObject([
      { state: 'connecting', attempt: 0 },
      { state: 'reconnecting', why: { code: 'lost', close: 1006 }, attempt: 1, waitMs: 250 },
      { state: 'connecting', attempt: 1 },
    ]);
  });

  it('waits longer each time, though each attempt is let in, until something is settled', async () => {
    const { clock, network, states, line, goLive } = newLineRig();
    for (let i = 0; i < 4; i++) {
      goLive();
      network.socket().ends(4004);
      await clock.advance(10_000);
    }
    goLive();
    line.steady();
    network.socket().ends(4004);
    const waits = states.flatMap((state) => (state.state === 'reconnecting' ? [state.waitMs] : []));
    expect(waits).toEqual([250, 750, 1_500, 3_000, 250]);
  });

  it('counts a connection that lasted 10 s as good', async () => {
    const { clock, network, states, goLive } = newLineRig();
    network.socket().ends(1006);
    await clock.advance(250);
    goLive();
    for (let i = 0; i < 10; i++) {
      await clock.advance(1_000);
      network.socket().says({ ...READY, type: 'ack', received: 0, settled: 0, settledMs: 0 });
    }
    network.socket().ends(1006);
    expect(states.at(-1)).toMatchObject({ attempt: 1, waitMs: 250 });
  });

  it('waits at least as long as the server asks, and no hint shortens that', async () => {
    const { clock, network, line } = newLineRig();
    const failure = { message: 'full', retryable: true, retryAfterMs: 5_000 };
    network.socket().ends(1006, '', failure);
    line.hint();
    await clock.advance(5_249);
    expect(network.sockets).toHaveLength(1);
    await clock.advance(1);
    expect(network.sockets).toHaveLength(2);
  });

  it('connects at once when the network may be back', () => {
    const { network, line } = newLineRig();
    line.hint();
    network.socket().ends(1006, '', { message: 'offline', retryable: true });
    expect(network.sockets).toHaveLength(1);
    line.hint();
    line.hint();
    expect(network.sockets).toHaveLength(2);
  });

  it('leaves a node that says goaway before it connects anew, at once', async () => {
    const { clock, network, states, messages, line, goLive } = newLineRig();
    goLive();
    const old = network.socket();
    old.says({ type: 'goaway', reason: 'drain', timeLeftMs: 5_000 });
    expect([old.closed, line.live, network.sockets.length]).toEqual([1, false, 1]);
    old.says(SUMMARY);
    await clock.advance(0);
    expect(network.sockets).toHaveLength(2);
    expect(states.at(1)).toMatchObject({ why: { code: 'draining' }, attempt: 1, waitMs: 0 });
    expect(messages.map(({ type }) => type)).toEqual(['ready', 'goaway']);
  });

  it('connects without the token after 4400..4499', async () => {
    const { clock, network, goLive } = newLineRig();
    network.socket().opens();
    network.socket().ends(4411, 'bad_resume');
    await clock.advance(250);
    network.socket().opens();
    expect(network.socket().drain()).toEqual([{ ...START, type: 'start' }]);
    goLive();
  });

  it('ends after 4500 and above: another one has the session', async () => {
    const { clock, network, states, ends, goLive } = newLineRig();
    goLive();
    network.socket().ends(4509, 'replaced');
    expect(ends).toMatchObject([{ code: 'lost', close: 4509 }]);
    expect(states.at(-1)).toMatchObject({ state: 'ended', why: { close: 4509 } });
    await clock.advance(60_000);
    expect(network.sockets).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('counts a half-open connection as lost after 3 s without a word', async () => {
    const { clock, network, goLive } = newLineRig();
    goLive();
    await clock.advance(3_099);
    expect(network.socket().closed).toBe(0);
    await clock.advance(1);
    expect(network.socket().closed).toBe(1);
    await clock.advance(250);
    expect(network.sockets).toHaveLength(2);
  });

  it('reads what came while this process slept, before it counts a connection as lost', async () => {
    const { clock, network, ends, goLive } = newLineRig();
    goLive();
    await clock.advance(3_000);
    network.socket().says({ type: 'ack', received: 0, settled: 0, settledMs: 0, windowMs: 0 });
    await clock.advance(2_999);
    expect([network.sockets.length, ends.length]).toEqual([1, 0]);
  });

  it('rests after idle until there is audio, but not while some waits for its outcome', async () => {
    const resting = newLineRig({}, false);
    resting.goLive();
    resting.network.socket().ends(4012, 'idle');
    await resting.clock.advance(60_000);
    expect(resting.states.at(-1)).toMatchObject({ state: 'resting', why: { close: 4012 } });
    expect(resting.clock.pending).toBe(0);
    resting.line.need();
    expect(resting.network.sockets).toHaveLength(2);
    const busy = newLineRig();
    busy.goLive();
    busy.network.socket().ends(4012, 'idle');
    expect(busy.states.at(-1)).toMatchObject({ state: 'reconnecting' });
  });

  it('gives up some time after the trouble began, with what went wrong last', async () => {
    const { clock, network, ends } = newLineRig({ giveUpMsMax: 5_000 });
    while (ends.length === 0 && clock.nowMs() < 60_000) {
      network.socket().ends(1006, '', { message: 'nobody there', retryable: true });
      await clock.advance(500);
    }
    expect(ends).toMatchObject([
      { code: 'unreachable', message: 'nobody there; gave up after 5000 ms', retryable: true },
    ]);
    expect(clock.nowMs()).toBeLessThanOrEqual(6_000);
    expect(clock.pending).toBe(0);
  });

  it('ends with what went wrong where there is no second attempt', () => {
    const { network, ends } = newLineRig({ giveUpMsMax: 0 });
    network.socket().ends(1006, '', { message: 'nobody there', retryable: true });
    expect(ends).toMatchObject([{ message: 'nobody there' }]);
  });

  it('ends with the summary, and by close() whatever it waits for', async () => {
    const good = newLineRig();
    good.goLive();
    good.network.socket().says(SUMMARY);
    good.network.socket().ends(1000);
    expect(good.ends).toEqual([undefined]);
    const bad = newLineRig();
    bad.network.socket().ends(1006);
    bad.line.close(problem('closed', 'bye'));
    bad.line.close(problem('closed', 'bye'));
    await bad.clock.advance(60_000);
    expect(bad.ends).toMatchObject([{ code: 'closed' }]);
    expect(bad.network.sockets).toHaveLength(1);
    expect(bad.clock.pending).toBe(0);
  });
});
