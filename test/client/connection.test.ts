import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/client/connection.ts';
import type { ConnectOptions } from '../../src/client/options.ts';
import { limitsOf } from '../../src/client/options.ts';
import type { StreamError } from '../../src/client/problem.ts';
import { problem } from '../../src/client/problem.ts';
import type { Ready, ServerMessage } from '../../src/wire/message.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import type { FakeSocket } from '../fakes/fake-socket.ts';
import { newNetwork } from '../fakes/fake-socket.ts';
import { READY as BRISK } from '../fakes/scripted-server.ts';
import { SUMMARY } from '../fakes/summary.ts';

const READY: Ready = { ...BRISK, keepaliveMs: 10_000 };

const OPTIONS: ConnectOptions & { readonly token: string } = {
  url: 'ws://host/v1/stream?secret',
  token: 'tok',
  start: { encoding: 'LINEAR16', sampleRateHertz: 16_000, language: 'en-US' },
  quietMsMax: 20_000,
};

interface Rig {
  readonly clock: FakeClock;
  readonly socket: FakeSocket;
  readonly connection: Connection;
  readonly messages: ServerMessage[];
  readonly ends: (StreamError | undefined)[];
}

function newRig(): Rig {
  const clock = new FakeClock();
  const network = newNetwork();
  const messages: ServerMessage[] = [];
  const ends: (StreamError | undefined)[] = [];
  const connection = new Connection(
    { ...OPTIONS, start: { ...OPTIONS.start, type: 'start' } },
    limitsOf(OPTIONS),
    { clock, open: network.open },
    { onMessage: (message) => messages.push(message), onEnd: (why) => ends.push(why) },
  );
  return { clock, socket: network.socket(), connection, messages, ends };
}

function liveRig(): Rig {
  const rig = newRig();
  rig.socket.opens();
  rig.socket.says(READY);
  rig.socket.drain();
  return rig;
}

describe('Connection', () => {
  it('passes URL and token on, says start first and once, and is live with ready', () => {
    const { socket, connection, messages } = newRig();
    expect([socket.url, socket.token]).toEqual([OPTIONS.url, 'tok']);
    expect(socket.drain()).toEqual([]);
    socket.opens();
    socket.opens();
    expect(socket.drain()).toEqual([{ ...OPTIONS.start, type: 'start' }]);
    expect(connection.live).toBe(false);
    socket.says(READY, READY);
    expect(connection.live).toBe(true);
    expect(messages).toEqual([READY]);
  });

  it('says keepalive only when nothing else was sent for keepaliveMs', async () => {
    const { clock, socket, connection } = liveRig();
    await clock.advance(6_000);
    connection.send(new Uint8Array(2));
    socket.says({ type: 'warning', code: 'clipping', message: '' });
    await clock.advance(9_999);
    expect(socket.drain()).toEqual([2]);
    await clock.advance(1);
    expect(socket.drain()).toEqual([{ type: 'keepalive' }]);
    socket.says({ type: 'warning', code: 'clipping', message: '' });
    await clock.advance(10_000);
    expect(socket.drain()).toEqual([{ type: 'keepalive' }]);
  });

  it('gives up a connection that does not open in time', async () => {
    const { clock, socket, ends } = newRig();
    await clock.advance(10_000);
    expect(ends).toMatchObject([{ code: 'unreachable', retryable: true }]);
    expect(ends[0]?.message).toContain('no answer from ws://host/v1/stream within 10000 ms');
    expect(socket.closed).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('gives up a server that never says ready', async () => {
    const { clock, socket, ends } = newRig();
    socket.opens();
    await clock.advance(10_000);
    expect(ends[0]?.message).toContain('a connection, but no `ready`');
  });

  it('counts a connection as lost when nothing comes for quietMsMax', async () => {
    const { clock, socket, ends } = liveRig();
    await clock.advance(19_999);
    socket.says({ type: 'ack', received: 0, settled: 0, settledMs: 0, windowMs: 0 });
    await clock.advance(20_099);
    expect(ends).toEqual([]);
    await clock.advance(1);
    expect(ends).toMatchObject([{ code: 'lost', retryable: true }]);
    expect(clock.pending).toBe(0);
  });

  it("ends with the server's error and its close code", async () => {
    const { clock, socket, connection, messages, ends } = liveRig();
    const error = { code: 'overloaded', message: 'no room', retryable: true, retryAfterMs: 3_000 };
    socket.says({ type: 'error', ...error });
    expect(connection.live).toBe(false);
    expect(ends).toEqual([]);
    socket.ends(4003);
    expect(ends).toMatchObject([{ ...error, close: 4003 }]);
    expect(messages.at(-1)).toMatchObject({ type: 'error', code: 'overloaded' });
    await clock.advance(60_000);
    expect(ends).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('waits for the close code of an error no longer than 2 s', async () => {
    const { clock, socket, ends } = liveRig();
    socket.says({ type: 'error', code: 'internal', message: 'oh', retryable: true });
    await clock.advance(2_000);
    expect(ends).toMatchObject([{ code: 'internal', close: undefined }]);
  });

  it('tells by the close code alone whether to come back', () => {
    for (const [close, retryable] of [
      [1006, true],
      [4411, true],
      [4500, false],
    ] as const) {
      const { socket, ends } = liveRig();
      socket.ends(close, 'why');
      expect(ends).toMatchObject([{ code: 'lost', close, retryable }]);
    }
  });

  it('passes on why a connection never came', () => {
    const { socket, ends } = newRig();
    socket.ends(1006, '', { message: 'full', retryable: true, retryAfterMs: 5 });
    const expected = { code: 'unreachable', message: 'full', retryable: true, retryAfterMs: 5 };
    expect(ends).toMatchObject([expected]);
  });

  it('ends with the summary, and says nothing after it', () => {
    const { clock, socket, messages, ends } = liveRig();
    socket.says(SUMMARY);
    socket.ends(1000);
    socket.says(READY);
    expect(messages).toEqual([READY, SUMMARY]);
    expect(ends).toEqual([undefined]);
    expect(clock.pending).toBe(0);
  });

  it('ends at once when what comes is not earshot.v1, and passes over unknown types', () => {
    const { socket, messages, ends } = liveRig();
    socket.says({ type: 'news' });
    expect(messages).toEqual([READY]);
    socket.saysText('hello');
    expect(ends).toMatchObject([{ code: 'bad_answer', retryable: false }]);
  });

  it('closes once, and before the connection is there too', () => {
    const { clock, socket, connection, ends } = newRig();
    connection.close(problem('closed', 'bye'));
    connection.close(problem('closed', 'bye'));
    socket.opens();
    expect(ends).toMatchObject([{ code: 'closed' }]);
    expect(socket.closed).toBe(1);
    expect(socket.drain()).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
