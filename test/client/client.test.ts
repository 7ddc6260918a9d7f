import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/client/client.ts';
import type { ConnectOptions } from '../../src/client/options.ts';
import type { StreamError } from '../../src/client/problem.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import type { FakeSocket } from '../fakes/fake-socket.ts';
import { newNetwork, scripted } from '../fakes/fake-socket.ts';
import { READY, Seen, transcriber } from '../fakes/scripted-server.ts';
import { SUMMARY } from '../fakes/summary.ts';

const START = { encoding: 'LINEAR16', sampleRateHertz: 16_000 } as const;
const BYTES_PER_MS = 32;

interface Rig {
  readonly stream: Stream;
  readonly socket: FakeSocket;
  readonly drains: number[];
  readonly ends: (StreamError | undefined)[];
}

function newRig(options: Partial<ConnectOptions> = {}): Rig {
  const network = newNetwork();
  const drains: number[] = [];
  const ends: (StreamError | undefined)[] = [];
  const stream = new Stream(
    {
      url: 'ws://host/v1/stream',
      start: START,
      onDrain: () => drains.push(drains.length),
      onEnd: (why) => ends.push(why),
      ...options,
    },
    { clock: new FakeClock(), random: () => 0.5, open: network.open },
  );
  return { stream, socket: network.socket(), drains, ends };
}

function liveRig(options: Partial<ConnectOptions> = {}): Rig {
  const rig = newRig(options);
  rig.socket.opens();
  rig.socket.says(READY);
  rig.socket.drain();
  return rig;
}

function audio(ms: number): Uint8Array {
  return new Uint8Array(ms * BYTES_PER_MS);
}

function ack(received: number, windowMs: number): object {
  return { type: 'ack', received, settled: 0, settledMs: 0, windowMs };
}

describe('Stream', () => {
  it('keeps frames and markers until ready, and sends them in their order', () => {
    const { stream, socket } = newRig();
    stream.write(audio(20));
    stream.finalize();
    stream.gap(300);
    socket.opens();
    stream.write(audio(40));
    socket.drain();
    socket.says(READY);
    expect(socket.drain()).toEqual([
      20 * BYTES_PER_MS,
      { type: 'finalize' },
      { type: 'gap', ms: 300, frames: 1 },
      40 * BYTES_PER_MS,
    ]);
  });

  it('copies what is written', () => {
    const { stream, socket } = newRig();
    const buffer = Uint8Array.of(1, 2);
    stream.write(buffer);
    buffer.fill(0);
    socket.opens();
    socket.says(READY);
    expect(socket.sent.at(-1)).toEqual(Uint8Array.of(1, 2));
  });

  it('holds back beyond the window and goes on with each ack', () => {
    const { stream, socket } = liveRig();
    for (let i = 0; i < 60; i++) stream.write(audio(100));
    expect(socket.drain()).toHaveLength(50);
    socket.says(ack(5, 5_000));
    expect(socket.drain()).toHaveLength(5);
    socket.says(ack(55, 0));
    expect(socket.drain()).toEqual([]);
  });

  it('answers false past its high mark, and drains at half of it', async () => {
    const { stream, socket, drains } = newRig();
    for (let i = 0; i < 99; i++) expect(stream.write(audio(100))).toBe(true);
    expect(stream.write(audio(100))).toBe(false);
    let drained = false;
    const waiting = stream.drained().then(() => {
      drained = true;
    });
    socket.opens();
    socket.says({ ...READY, windowMs: 4_900 });
    await Promise.resolve();
    expect([drained, drains]).toEqual([false, []]);
    socket.says(ack(1, 4_900));
    await waiting;
    expect(drains).toEqual([0]);
    expect(stream.write(audio(100))).toBe(true);
    await stream.drained();
  });

  it('drops the oldest unsent audio of a store that is full, and says so', () => {
    const { stream, socket } = newRig({ storeMs: 1_000 });
    for (let i = 0; i < 50; i++) stream.write(audio(100));
    socket.opens();
    socket.drain();
    socket.says(READY);
    const items = socket.drain();
    expect(items[0]).toEqual({ type: 'gap', ms: 4_000, frames: 1 });
    expect(items).toHaveLength(11);
  });

  it('refuses half a sample, a gap out of range, and anything after finish()', () => {
    const { stream } = liveRig();
    expect(() => stream.write(new Uint8Array(3))).toThrow('3 bytes, expected a multiple of 2');
    for (const ms of [0, 1.5, Number.NaN, 86_400_001]) {
      expect(() => stream.gap(ms)).toThrow(RangeError);
    }
    stream.finish().catch(() => undefined);
    expect(() => stream.write(audio(1))).toThrow('write() after finish()');
    expect(() => stream.finalize()).toThrow('finalize() after finish()');
  });

  it('sends no frame for no audio', () => {
    const { stream, socket } = liveRig();
    expect(stream.write(new Uint8Array(0))).toBe(true);
    expect(socket.drain()).toEqual([]);
  });

  it('finishes once, behind what the window holds back, and answers with the summary', async () => {
    const { stream, socket, ends } = liveRig();
    for (let i = 0; i < 51; i++) stream.write(audio(100));
    const first = stream.finish();
    const second = stream.finish();
    expect(socket.drain()).toHaveLength(50);
    socket.says(ack(50, 5_000));
    expect(socket.drain()).toEqual([100 * BYTES_PER_MS, { type: 'finish' }]);
    socket.says({ ...SUMMARY, results: 3 });
    expect(await first).toMatchObject({ results: 3 });
    expect(await second).toEqual(await first);
    expect(ends).toEqual([undefined]);
  });

  it('rejects what waits when it ends, and takes nothing more', async () => {
    const { stream, socket, ends } = liveRig({ storeMs: 3_000, giveUpMsMax: 0 });
    while (stream.write(audio(100)));
    const drained = stream.drained();
    socket.ends(1006);
    await expect(drained).rejects.toMatchObject({ code: 'lost' });
    await expect(stream.drained()).rejects.toMatchObject({ code: 'lost' });
    expect(stream.write(audio(100))).toBe(false);
    await expect(stream.finish()).rejects.toMatchObject({ code: 'lost', retryable: true });
    expect(ends).toMatchObject([{ code: 'lost' }]);
  });

  it('tells who asks whether the connection came', async () => {
    const live = liveRig();
    expect(await live.stream.ready()).toEqual(READY);
    const dead = newRig({ giveUpMsMax: 0 });
    dead.socket.ends(1006, '', { message: 'nobody there', retryable: true });
    await expect(dead.stream.ready()).rejects.toThrow('nobody there');
  });

  it('ends without a summary by close()', async () => {
    const { stream, socket, ends } = liveRig();
    const finished = stream.finish();
    stream.close();
    await expect(finished).rejects.toMatchObject({ code: 'closed' });
    expect(ends).toMatchObject([{ code: 'closed' }]);
    expect(socket.closed).toBe(1);
    for await (const message of stream) expect(message).toEqual(READY);
  });

  it('gives every message to onMessage, and the iterator the order of finals', async () => {
    const types: string[] = [];
    const clock = new FakeClock();
    const seen = new Seen();
    const stream = new Stream(
      {
        url: 'ws://host/v1/stream',
        start: START,
        onMessage: ({ type }) => types.push(type),
      },
      { clock, random: () => 0.5, open: scripted(transcriber(seen), clock) },
    );
    const texts: string[] = [];
    const reading = (async () => {
      for await (const message of stream) if (message.type === 'final') texts.push(message.text);
    })();
    for (let i = 0; i < 25; i++) stream.write(audio(100));
    const summary = stream.finish();
    await clock.advance(1_000);
    await reading;
    expect(texts).toEqual(['utterance 1', 'utterance 2', 'utterance 3']);
    expect(types.filter((type) => type === 'ack')).toHaveLength(25);
    expect(await summary).toMatchObject({ receivedMs: 2_500, results: 3 });
    expect(seen.start).toMatchObject({ type: 'start', ...START });
    expect(clock.pending).toBe(0);
  });
});
