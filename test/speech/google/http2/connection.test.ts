import type { ServerHttp2Stream } from 'node:http2';
import { constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../fakes/fake-clock.ts';
import { Heard } from '../../../fakes/heard.ts';
import { TcpProxy } from '../../../fakes/tcp-proxy.ts';
import { until } from '../grpc-rigs.ts';
import { silence } from '../rigs.ts';
import { aMoment, OPENING, PeerRig } from './peer-rig.ts';

const rig = new PeerRig();
afterEach(() => rig.close());

describe('Connection', () => {
  it('is found dead by a ping that nobody answers, and the next call makes another', async () => {
    const clock = new FakeClock();
    const peer = await rig.listen((stream) => stream.resume());
    const proxy = await TcpProxy.listen(peer.port);
    rig.keep(proxy);
    const driver = rig.driverTo(proxy.port, { clock });
    const calls = [new Heard(), new Heard()];
    for (const heard of calls) driver.open(OPENING, heard);
    await until(() => peer.requests.length === 2);
    proxy.links[0]?.freeze();
    await clock.advance(39_999);
    expect(calls.map(({ ends }) => ends)).toEqual([[], []]);
    await clock.advance(1);
    await until(() => calls.every(({ ends }) => ends.length > 0));
    for (const { ends } of calls) expect(ends).toEqual([[14, 'Connection dropped']]);
    driver.open(OPENING, new Heard());
    await until(() => peer.requests.length === 3);
    expect(peer.sessions).toHaveLength(2);
  });

  it('is given up when it takes more than 20 s to be there', async () => {
    const clock = new FakeClock();
    const mute = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    rig.keep({ close: () => new Promise((resolve) => mute.close(() => resolve())) });
    const heard = new Heard();
    rig.driverTo((mute.address() as AddressInfo).port, { clock }).open(OPENING, heard);
    await clock.advance(19_999);
    expect(heard.ends).toEqual([]);
    await clock.advance(1);
    await until(() => heard.ends.length > 0);
    const text = 'No connection established. Last error: it took more than 20 s';
    expect(heard.ends).toEqual([[14, text]]);
  });

  it('is given up after 20 s while its host is still looked for, too', async () => {
    const clock = new FakeClock();
    const heard = new Heard();
    const driver = rig.driverTo(1, { clock, host: 'localhost' });
    driver.open(OPENING, heard);
    await clock.advance(20_000);
    await until(() => heard.ends.length > 0);
    const text = 'No connection established. Last error: it took more than 20 s';
    expect([heard.ends, clock.pending]).toEqual([[[14, text]], 0]);
    await driver.close();
  });

  it.each([
    ['localhost', /^No connection established\. Last error: .*ECONNREFUSED/],
    ['no host', /^No connection established\. Last error: Invalid URL/],
  ])('that can not be to %s says why', async (host, text) => {
    const heard = new Heard();
    rig.driverTo(1, { host }).open(OPENING, heard);
    await until(() => heard.ends.length > 0);
    expect(heard.ends).toEqual([[14, expect.stringMatching(text)]]);
  });

  it('ends all calls with 14 by a GOAWAY that has an error', async () => {
    const peer = await rig.listen((stream) => stream.resume());
    const driver = rig.driverTo(peer.port);
    const heard = new Heard();
    driver.open(OPENING, heard);
    await until(() => peer.requests.length === 1);
    peer.sessions[0]?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    await until(() => heard.ends.length > 0);
    expect(heard.ends).toEqual([[14, 'Connection dropped']]);
    driver.open(OPENING, new Heard());
    await until(() => peer.requests.length === 2);
    expect(peer.sessions).toHaveLength(2);
  });

  it('takes bytes only as fast as the peer does, and says which have left', async () => {
    const streams: ServerHttp2Stream[] = [];
    const peer = await rig.listen((stream) => streams.push(stream.pause()), {
      settings: { initialWindowSize: 65_535 },
    });
    const heard = new Heard();
    const call = rig.driverTo(peer.port).open(OPENING, heard);
    for (let n = 0; n < 100; n++) call.write(silence(100));
    await until(() => streams.length > 0);
    await aMoment();
    expect(heard.taken).toBeLessThanOrEqual(65_535);
    streams[0]?.resume();
    await until(() => heard.taken === 100 * silence(100).byteLength);
    call.cancel();
  });

  it('makes another for calls that the peer would let wait, and leaves the full one', async () => {
    const streams: ServerHttp2Stream[] = [];
    const peer = await rig.listen((stream) => streams.push(stream.resume()), {
      settings: { maxConcurrentStreams: 2 },
    });
    const driver = rig.driverTo(peer.port);
    const calls = Array.from({ length: 5 }, () => new Heard());
    for (const heard of calls) driver.open(OPENING, heard);
    await until(() => streams.length === 5);
    expect(peer.sessions).toHaveLength(3);
    for (const stream of streams) {
      stream.respond({ ':status': 200, 'grpc-status': '0' }, { endStream: true });
    }
    await until(() => calls.every(({ ends }) => ends.length === 1));
    expect(calls.flatMap(({ ends }) => ends)).toEqual(calls.map(() => [0, '']));
  });

  it('ends a call with 14 when the peer takes none at all', async () => {
    const peer = await rig.listen((stream) => stream.resume(), {
      settings: { maxConcurrentStreams: 0 },
    });
    const heard = new Heard();
    rig.driverTo(peer.port).open(OPENING, heard);
    await until(() => heard.ends.length > 0);
    const text = 'connections went, or took no streams, as soon as they were there';
    expect(heard.ends).toEqual([[14, `No connection established. Last error: ${text}`]]);
    expect(peer.sessions).toHaveLength(3);
  });

  it('keeps no call of one that its close() ends', async () => {
    const peer = await rig.listen((stream) => stream.resume());
    const driver = rig.driverTo(peer.port);
    const heard = new Heard();
    driver.open(OPENING, heard);
    await until(() => peer.requests.length === 1);
    await driver.close();
    await until(() => heard.ends.length > 0);
    expect(heard.ends).toEqual([[14, 'Connection dropped']]);
  });

  it('gives calls that GOAWAY crosses to the next one, and keeps those before', async () => {
    const streams: ServerHttp2Stream[] = [];
    const peer = await rig.listen((stream) => streams.push(stream.resume()));
    const driver = rig.driverTo(peer.port);
    const [one, two] = [new Heard(), new Heard()];
    driver.open(OPENING, one);
    await until(() => streams.length === 1);
    driver.open(OPENING, two);
    await until(() => streams.length === 2);
    peer.sessions[0]?.goaway(constants.NGHTTP2_NO_ERROR, 1);
    await until(() => streams.length === 3);
    expect(peer.sessions).toHaveLength(2);
    for (const stream of [streams[0], streams[2]]) {
      stream?.respond({ ':status': 200, 'grpc-status': '0' }, { endStream: true });
    }
    await until(() => one.ends.length + two.ends.length === 2);
    expect([one.ends, two.ends]).toEqual([[[0, '']], [[0, '']]]);
  });
});
