import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/client/client.ts';
import type { ConnectOptions, StreamState } from '../../src/client/options.ts';
import type { StreamError } from '../../src/client/problem.ts';
import type { Ready, ServerMessage, Summary } from '../../src/wire/message.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import type { FakeSocket } from '../fakes/fake-socket.ts';
import { newNetwork } from '../fakes/fake-socket.ts';
import { READY as BARE } from '../fakes/scripted-server.ts';
import { SUMMARY } from '../fakes/summary.ts';

const READY: Ready = { ...BARE, keepaliveMs: 10_000, resume: 't0' };
const END: Summary = { ...SUMMARY, results: 1 };
const BYTES_PER_MS = 32;

interface Rig {
  readonly clock: FakeClock;
  readonly stream: Stream;
  readonly shown: ServerMessage[];
  readonly states: StreamState[];
  readonly ends: (StreamError | undefined)[];
  socket(): FakeSocket;
  /** Cuts the connection and lets the next one open; what its `start` brings. */
  cut(close?: number): Promise<unknown>;
}

function newRig(options: Partial<ConnectOptions> = {}): Rig {
  const clock = new FakeClock();
  const network = newNetwork();
  const shown: ServerMessage[] = [];
  const states: StreamState[] = [];
  const ends: (StreamError | undefined)[] = [];
  const stream = new Stream(
    {
      url: 'ws://host/v1/stream',
      start: { encoding: 'LINEAR16', sampleRateHertz: 16_000 },
      onMessage: (message) => shown.push(message),
      onState: (state) => states.push(state),
      onEnd: (why) => ends.push(why),
      ...options,
    },
    { clock, random: () => 0.5, open: network.open },
  );
  network.socket().opens();
  network.socket().says(READY);
  network.socket().drain();
  return {
    clock,
    stream,
    shown,
    states,
    ends,
    socket: () => network.socket(),
    async cut(close = 1006) {
      network.socket().ends(close);
      await clock.advance(10_000);
      network.socket().opens();
      return network.socket().drain()[0];
    },
  };
}

function audio(ms: number): Uint8Array {
  return new Uint8Array(ms * BYTES_PER_MS);
}

function frames(...lengthsMs: number[]): number[] {
  return lengthsMs.map((ms) => ms * BYTES_PER_MS);
}

function final(result: number, start: number, end: number, settled: number): object {
  const cursor = { settled, settledMs: end, resume: `t-${end}` };
  return { type: 'final', result, start, end, text: `text ${result}`, ...cursor };
}

function textsOf(messages: readonly ServerMessage[]): string[] {
  return messages.flatMap((message) => (message.type === 'final' ? [message.text] : []));
}

describe('Stream over several connections', () => {
  it('brings the newest token and result, and goes on from the frame that the server wants', async () => {
    const { stream, socket, states, cut } = newRig();
    for (const ms of [100, 101, 102, 103]) stream.write(audio(ms));
    socket().drain();
    socket().says(final(1, 0, 100, 1));
    stream.finalize();
    const start = await cut();
    expect(start).toMatchObject({ type: 'start', resume: { token: 't-100', result: 1 } });
    expect(socket().drain()).toEqual([]);
    socket().says({ ...READY, resumed: 'held', frame: 4, result: 2, resume: 't1' });
    expect(socket().drain()).toEqual([...frames(103), { type: 'finalize' }]);
    expect(states.map(({ state }) => state)).toEqual([
      'connecting',
      'live',
      'reconnecting',
      'connecting',
      'resumed',
    ]);
    await cut();
    socket().says({ ...READY, resumed: 'taken', frame: 2, result: 2, resume: 't2' });
    expect(socket().drain()).toEqual([...frames(101, 102, 103), { type: 'finalize' }]);
    expect(states.at(-1)).toEqual({ state: 'resumed', session: 's-1', by: 'taken' });
  });

  it('keeps what an ack without a token calls settled', async () => {
    const { stream, socket, cut } = newRig();
    stream.write(audio(100));
    stream.write(audio(101));
    socket().says({ type: 'ack', received: 2, settled: 2, settledMs: 201, windowMs: 5_000 });
    await cut();
    socket().says({ ...READY, resumed: 'taken' });
    expect(socket().drain()).toEqual(frames(100, 101));
  });

  it('shows each final and gap once, and in order', async () => {
    const { stream, socket, shown, cut } = newRig();
    stream.write(audio(1_000));
    const gap = {
      type: 'gap',
      start: 600,
      end: 700,
      reason: 'overrun',
      settled: 0,
      settledMs: 400,
    };
    socket().says(final(1, 0, 400, 0), { ...gap, resume: 't1' });
    await cut();
    socket().says({ ...READY, resumed: 'held', frame: 2, resume: 't2' });
    socket().says(final(1, 0, 400, 0), { ...gap, resume: 't3' }, final(2, 400, 1_000, 1));
    socket().says({ ...gap, start: 650, end: 720, resume: 't4' });
    expect(textsOf(shown)).toEqual(['text 1', 'text 2']);
    const gaps = shown.filter(({ type }) => type === 'gap');
    expect(gaps).toMatchObject([{ start: 600, end: 700 }]);
  });

  it('takes audio while there is no connection, and declares what the store could not hold', async () => {
    const { stream, socket, cut } = newRig({ storeMs: 1_000 });
    stream.write(audio(200));
    socket().drain();
    const cutting = cut();
    for (let i = 0; i < 10; i++) stream.write(audio(100));
    await cutting;
    socket().says({ ...READY, resumed: 'taken', resume: 't1' });
    expect(socket().drain()).toEqual([
      ...frames(200),
      { type: 'gap', ms: 200, frames: 1 },
      ...frames(...Array.from({ length: 8 }, () => 100)),
    ]);
  });

  it('says finish again, and the summary comes', async () => {
    const { stream, socket, ends, cut } = newRig();
    stream.write(audio(100));
    const summary = stream.finish();
    expect(socket().drain()).toEqual([...frames(100), { type: 'finish' }]);
    socket().says(final(1, 0, 100, 1));
    await cut();
    socket().says({ ...READY, resumed: 'taken', frame: 2, result: 2, resume: 't1' });
    expect(socket().drain()).toEqual([{ type: 'finish' }]);
    socket().says(END);
    expect(await summary).toMatchObject({ results: 1 });
    expect(ends).toEqual([undefined]);
  });

  it('says which finals have come, once a second, and not to a server that gives no tokens', async () => {
    const { clock, stream, socket } = newRig();
    stream.write(audio(100));
    socket().drain();
    socket().says(final(1, 0, 10, 0), final(2, 10, 20, 0));
    await clock.advance(1_500);
    expect(socket().drain()).toEqual([
      { type: 'seen', result: 1 },
      { type: 'seen', result: 2 },
    ]);
    const old = newRig();
    await old.cut();
    old.socket().says({ ...BARE, resumed: false });
    old.socket().says({ ...final(1, 0, 10, 0), resume: undefined });
    expect(old.socket().drain()).toEqual([]);
  });

  it('says no receipt while there is no connection', async () => {
    const { clock, stream, socket } = newRig();
    stream.write(audio(100));
    socket().drain();
    socket().says(final(1, 0, 10, 0), final(2, 10, 20, 0));
    socket().ends(1006);
    await clock.advance(1_500);
    socket().opens();
    const sent = socket().drain();
    expect(sent).toMatchObject([{ type: 'start', resume: { result: 2 } }]);
  });

  it('ends when another one has the session', async () => {
    const { stream, socket, ends } = newRig();
    const finished = stream.finish();
    socket().says({ type: 'error', code: 'replaced', message: 'taken', retryable: false });
    socket().ends(4509, 'replaced');
    await expect(finished).rejects.toMatchObject({ code: 'replaced', close: 4509 });
    expect(ends).toHaveLength(1);
  });
});

describe('Stream in a new session', () => {
  it('sends what is unsettled to the millisecond, and says where its times begin', async () => {
    const { stream, socket, shown, states, cut } = newRig();
    stream.write(audio(100));
    stream.write(audio(100));
    stream.write(audio(100));
    socket().says(final(1, 0, 130, 1));
    expect(await cut(4411)).not.toHaveProperty('resume');
    socket().says({ ...READY, session: 's-2', resume: 'u0' });
    expect(socket().drain()).toEqual(frames(70, 100));
    expect(states.at(-1)).toEqual({ state: 'live', session: 's-2', fromMs: 130 });
    socket().says(final(1, 0, 70, 1));
    expect(textsOf(shown)).toEqual(['text 1', 'text 1']);
    expect(await cut()).toMatchObject({ resume: { token: 't-70', result: 1 } });
  });

  it('begins one when a server without resumes lost the connection', async () => {
    const { socket, stream, states, cut } = newRig();
    await cut(4411);
    socket().says(BARE);
    stream.write(audio(100));
    stream.write(audio(100));
    socket().says({ ...final(1, 0, 150, 1), resume: undefined });
    expect(await cut()).not.toHaveProperty('resume');
    socket().says({ ...BARE, session: 's-3' });
    expect(socket().drain()).toEqual(frames(50));
    expect(states.at(-1)).toEqual({ state: 'live', session: 's-3', fromMs: 150 });
  });

  it('begins one when the server answers a resume with a new session', async () => {
    const { socket, stream, states, cut } = newRig();
    stream.write(audio(100));
    expect(await cut()).toHaveProperty('resume');
    socket().says({ ...READY, session: 's-2' });
    expect(socket().drain()).toEqual(frames(100));
    expect(states.at(-1)).toEqual({ state: 'live', session: 's-2', fromMs: 0 });
  });

  it('begins one when the server wants frames that are settled', async () => {
    const { clock, socket, stream, shown, cut } = newRig();
    stream.write(audio(100));
    socket().says(final(1, 0, 100, 1));
    await cut();
    socket().says({ ...READY, resumed: 'held', frame: 1, resume: 't1' });
    expect(shown.filter(({ type }) => type === 'ready')).toHaveLength(1);
    await clock.advance(10_000);
    socket().opens();
    expect(socket().drain()[0]).not.toHaveProperty('resume');
  });
});
