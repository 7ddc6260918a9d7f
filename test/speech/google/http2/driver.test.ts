import { readFileSync } from 'node:fs';
import type { ServerHttp2Stream } from 'node:http2';
import { constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/clock.ts';
import { systemClock } from '../../../../src/clock.ts';
import type { Driver, Opening } from '../../../../src/speech/google/driver.ts';
import type { Access } from '../../../../src/speech/google/http2/access.ts';
import { OPEN_ACCESS } from '../../../../src/speech/google/http2/access.ts';
import { Http2Driver } from '../../../../src/speech/google/http2/driver.ts';
import { frameOf } from '../../../../src/speech/google/http2/frames.ts';
import { openingOf } from '../../../../src/speech/google/request.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';
import { Heard } from '../../../fakes/heard.ts';
import type { Answer, PeerOptions } from '../../../fakes/http2-peer.ts';
import { Http2Peer } from '../../../fakes/http2-peer.ts';
import { TcpProxy } from '../../../fakes/tcp-proxy.ts';
import { until } from '../grpc-rigs.ts';
import { CONFIG, silence } from '../rigs.ts';

const peers: { close(): Promise<void> }[] = [];
const drivers: Driver[] = [];

afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.close();
  for (const peer of peers.splice(0)) await peer.close();
});

async function listen(answer: Answer, options?: PeerOptions): Promise<Http2Peer> {
  const peer = await Http2Peer.listen(answer, options);
  peers.unshift(peer);
  return peer;
}

interface Parts {
  readonly clock?: Clock;
  readonly access?: Access;
  readonly host?: string;
  readonly ca?: string;
}

function driverTo(port: number, { clock = systemClock, access, host, ca }: Parts = {}): Driver {
  const driver = new Http2Driver({
    version: 'v1',
    place: { host: host ?? '127.0.0.1', port, isPlain: ca === undefined, project: 'p' },
    clock,
    access: access ?? OPEN_ACCESS,
    ...(ca !== undefined && { ca }),
  });
  drivers.push(driver);
  return driver;
}

const OPENING: Opening = openingOf(
  { version: 'v1', project: 'p', location: 'global', model: undefined },
  CONFIG,
);
const GRPC = { ':status': 200, 'content-type': 'application/grpc' };
/** A response whose billed time is 1 s. */
const RESPONSE = frameOf(Buffer.from('2a020801', 'hex'));

/** Answers headers, `body` and a good end. */
function well(stream: ServerHttp2Stream, body: Buffer): void {
  stream.respond(GRPC, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(body);
}

/** How a call ends that is answered so. */
async function endOf(answer: Answer): Promise<Heard> {
  const peer = await listen(answer);
  const heard = new Heard();
  const call = driverTo(peer.port).open(OPENING, heard);
  call.write(silence(100));
  await until(() => heard.ends.length > 0);
  return heard;
}

describe('Http2Driver', () => {
  it('says whom it calls, for how long, and what it was told to', async () => {
    const peer = await listen((stream) => well(stream, RESPONSE));
    const headers = { 'x-goog-request-params': 'recognizer=a%2Fb' };
    const heard = new Heard();
    const authorized = { authorization: 'Bearer t', 'x-goog-user-project': 'payer' };
    const access = { headers: () => Promise.resolve({ headers: authorized }) };
    driverTo(peer.port, { access })
      .open({ ...OPENING, headers }, heard)
      .halfClose();
    await until(() => heard.ends.length > 0);
    expect(peer.requests[0]).toMatchObject({
      ':method': 'POST',
      ':scheme': 'http',
      ':authority': `127.0.0.1:${peer.port}`,
      ':path': '/google.cloud.speech.v1.Speech/StreamingRecognize',
      te: 'trailers',
      'content-type': 'application/grpc',
      'grpc-timeout': '320000m',
      'grpc-accept-encoding': 'identity',
      'x-goog-api-client': `gl-node/${process.versions.node}`,
      ...headers,
      ...authorized,
    });
    expect(heard.responses).toMatchObject([{ totalBilledTime: { seconds: '1', nanos: 0 } }]);
  });

  it('reads responses wherever they are cut', async () => {
    const body = Buffer.concat([RESPONSE, RESPONSE, RESPONSE]);
    const heard = await endOf((stream) => {
      stream.respond(GRPC, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      const write = (at: number): void => {
        if (at === body.length) stream.end();
        else stream.write(body.subarray(at, at + 1), () => write(at + 1));
      };
      write(0);
    });
    expect([heard.messages, heard.ends]).toEqual([3, [[0, '']]]);
  });

  it('opens nothing while credentials are refused, and says why', async () => {
    const peer = await listen((stream) => well(stream, RESPONSE));
    const heard = new Heard();
    const access = { headers: () => Promise.resolve({ refusal: { code: 2, text: 'no token' } }) };
    driverTo(peer.port, { access }).open(OPENING, heard);
    expect(heard.ends).toEqual([]);
    await until(() => heard.ends.length > 0);
    expect([heard.ends, peer.sessions]).toEqual([[[2, 'no token']], []]);
  });

  it('speaks TLS with those whom it knows, and with nobody else', async () => {
    const [cert, key] = ['cert', 'key'].map((name) =>
      readFileSync(new URL(`../../../fakes/tls/${name}.pem`, import.meta.url), 'utf8'),
    );
    const tls = { cert: cert ?? '', key: key ?? '' };
    const peer = await listen((stream) => well(stream, RESPONSE), { tls });
    const known = new Heard();
    driverTo(peer.port, { host: 'localhost', ca: tls.cert }).open(OPENING, known).halfClose();
    await until(() => known.ends.length > 0);
    expect([known.messages, known.ends]).toEqual([1, [[0, '']]]);
    expect(peer.requests[0]).toMatchObject({ ':scheme': 'https' });
    const unknown = new Heard();
    driverTo(peer.port, { host: 'localhost', ca: '' }).open(OPENING, unknown);
    await until(() => unknown.ends.length > 0);
    expect(unknown.ends).toEqual([[14, expect.stringMatching(/^No connection.*certificate/)]]);
  });
});

describe('Http2Driver ends a call', () => {
  it('by the trailers, in words, after the responses before them', async () => {
    const heard = await endOf((stream) => {
      stream.respond(GRPC, { waitForTrailers: true });
      const trailers = { 'grpc-status': '11', 'grpc-message': '5%25 of %C3%BC' };
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      stream.end(RESPONSE);
    });
    expect([heard.messages, heard.ends]).toEqual([1, [[11, '5% of ü']]]);
  });

  it('by headers that are trailers too', async () => {
    const trailers = { 'grpc-status': '7', 'grpc-message': 'no' };
    const heard = await endOf((stream) => {
      stream.respond({ ...GRPC, ...trailers }, { endStream: true });
    });
    expect(heard.ends).toEqual([[7, 'no']]);
  });

  it.each([
    ['with a page', 503, 14],
    ['with a page', 404, 12],
    ['with nothing', 502, 14],
  ])('by the HTTP status of an answer %s', async (how, status, code) => {
    const heard = await endOf((stream) => {
      stream.respond({ ':status': status }, { endStream: how === 'with nothing' });
      if (how === 'with a page') stream.end('<html>Sorry</html>');
    });
    expect(heard.ends).toEqual([[code, `Received HTTP status code ${status}`]]);
  });

  it('that has no status as an error', async () => {
    const heard = await endOf((stream) => {
      stream.respond(GRPC);
      stream.end(RESPONSE);
    });
    const text = 'Received RST_STREAM with code 0 (Call ended without gRPC status)';
    expect([heard.messages, heard.ends]).toEqual([1, [[13, text]]]);
  });

  it.each([
    ['compressed', Buffer.from('0100000000', 'hex'), 'Received a compressed message'],
    ['larger than 4 MiB', Buffer.from('0000400001', 'hex'), 'larger than max (4194305'],
    ['no response', frameOf(Buffer.from('ffff', 'hex')), 'Response message parsing error'],
  ])('whose message is %s with 13, and resets it', async (_, bytes, text) => {
    const resets: number[] = [];
    const heard = await endOf((stream) => {
      stream.on('close', () => resets.push(stream.rstCode ?? -1));
      stream.respond(GRPC);
      stream.write(Buffer.concat([RESPONSE, bytes]));
    });
    expect([heard.messages, heard.ends]).toEqual([1, [[13, expect.stringContaining(text)]]]);
    await until(() => resets.length > 0);
    expect(resets).toEqual([constants.NGHTTP2_CANCEL]);
  });

  it('after 320 s with 4, and resets it', async () => {
    const clock = new FakeClock();
    const streams: ServerHttp2Stream[] = [];
    const peer = await listen((stream) => {
      stream.resume();
      streams.push(stream);
    });
    const heard = new Heard();
    driverTo(peer.port, { clock }).open(OPENING, heard);
    await until(() => streams.length > 0);
    for (let second = 0; second < 320; second++) {
      expect(heard.ends).toEqual([]);
      await clock.advance(1_000);
      if (second % 5 === 0) await answered();
    }
    expect(heard.ends).toEqual([[4, 'Deadline exceeded after 320s']]);
    await until(() => streams.every((stream) => stream.closed));
  });

  it('before it began, too', async () => {
    const clock = new FakeClock();
    const access = { headers: () => new Promise<never>(() => undefined) };
    const heard = new Heard();
    driverTo(1, { clock, access }).open(OPENING, heard).halfClose();
    await clock.advance(320_000);
    expect(heard.ends).toEqual([[4, 'Deadline exceeded after 320s']]);
  });
});

/** A ping is answered in real time: before 10 s of the clock's pass. */
function answered(): Promise<void> {
  return new Promise((resolve) => systemClock.after(2, resolve));
}

describe("Http2Driver's connection", () => {
  it('is found dead by a ping that nobody answers, and the next call makes another', async () => {
    const clock = new FakeClock();
    const peer = await listen((stream) => stream.resume());
    const proxy = await TcpProxy.listen(peer.port);
    peers.unshift(proxy);
    const driver = driverTo(proxy.port, { clock });
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
    peers.push({ close: () => new Promise((resolve) => mute.close(() => resolve())) });
    const heard = new Heard();
    driverTo((mute.address() as AddressInfo).port, { clock }).open(OPENING, heard);
    await clock.advance(19_999);
    expect(heard.ends).toEqual([]);
    await clock.advance(1);
    await until(() => heard.ends.length > 0);
    const text = 'No connection established. Last error: it took more than 20 s';
    expect(heard.ends).toEqual([[14, text]]);
  });

  it('ends all calls with 14 by a GOAWAY that has an error', async () => {
    const peer = await listen((stream) => stream.resume());
    const driver = driverTo(peer.port);
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
    const peer = await listen((stream) => streams.push(stream.pause()), {
      settings: { initialWindowSize: 65_535 },
    });
    const heard = new Heard();
    const call = driverTo(peer.port).open(OPENING, heard);
    for (let n = 0; n < 100; n++) call.write(silence(100));
    await until(() => streams.length > 0);
    await answered();
    expect(heard.taken).toBeLessThanOrEqual(65_535);
    streams[0]?.resume();
    await until(() => heard.taken === 100 * silence(100).byteLength);
    call.cancel();
  });

  it('keeps no call of one that its close() ends', async () => {
    const peer = await listen((stream) => stream.resume());
    const driver = driverTo(peer.port);
    const heard = new Heard();
    driver.open(OPENING, heard);
    await until(() => peer.requests.length === 1);
    await driver.close();
    await until(() => heard.ends.length > 0);
    expect(heard.ends).toEqual([[14, 'Connection dropped']]);
  });
});
