import type { ServerHttp2Stream } from 'node:http2';
import { constants } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { frameOf } from '../../../../src/speech/google/http2/frames.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';
import { Heard } from '../../../fakes/heard.ts';
import type { Http2Peer } from '../../../fakes/http2-peer.ts';
import { until } from '../grpc-rigs.ts';
import { silence } from '../rigs.ts';
import { aMoment, GRPC, OPENING, PeerRig, RESPONSE, well } from './peer-rig.ts';

const rig = new PeerRig();
afterEach(() => rig.close());

describe('Http2Call ends', () => {
  it('by the trailers, in words, after the responses before them', async () => {
    const heard = await rig.heardOf((stream) => {
      stream.respond(GRPC, { waitForTrailers: true });
      const trailers = { 'grpc-status': '11', 'grpc-message': '5%25 of %C3%BC' };
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      stream.end(RESPONSE);
    });
    expect([heard.messages, heard.ends]).toEqual([1, [[11, '5% of ü']]]);
  });

  it('by headers that are trailers too', async () => {
    const trailers = { 'grpc-status': '7', 'grpc-message': 'no' };
    const heard = await rig.heardOf((stream) => {
      stream.respond({ ...GRPC, ...trailers }, { endStream: true });
    });
    expect(heard.ends).toEqual([[7, 'no']]);
  });

  it.each([
    ['with a page', 503, 14],
    ['with a page', 404, 12],
    ['with nothing', 502, 14],
  ])('by the HTTP status of an answer %s', async (how, status, code) => {
    const heard = await rig.heardOf((stream) => {
      stream.respond({ ':status': status }, { endStream: how === 'with nothing' });
      if (how === 'with a page') stream.end('<html>Sorry</html>');
    });
    expect(heard.ends).toEqual([[code, `Received HTTP status code ${status}`]]);
  });

  it('that has no status as an error', async () => {
    const heard = await rig.heardOf((stream) => {
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
    const heard = await rig.heardOf((stream) => {
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
    const peer = await rig.listen((stream) => {
      stream.resume();
      streams.push(stream);
    });
    const heard = new Heard();
    rig.driverTo(peer.port, { clock }).open(OPENING, heard);
    await until(() => streams.length > 0);
    for (let second = 0; second < 320; second++) {
      expect(heard.ends).toEqual([]);
      await clock.advance(1_000);
      if (second % 5 === 0) await aMoment();
    }
    expect(heard.ends).toEqual([[4, 'Deadline exceeded after 320s']]);
    await until(() => streams.every((stream) => stream.closed));
  });

  it('and leaves no timer, however it ended', async () => {
    const clock = new FakeClock();
    const peer = await rig.listen((stream) => {
      if (peer.requests.length % 2 === 0) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      else well(stream.resume(), RESPONSE);
    });
    const driver = rig.driverTo(peer.port, { clock });
    const all = Array.from({ length: 10 }, () => new Heard());
    const calls = all.map((heard) => driver.open(OPENING, heard));
    const cancelled = driver.open(OPENING, new Heard());
    expect(clock.pending).toBeGreaterThanOrEqual(11);
    cancelled.cancel();
    for (const call of calls) call.halfClose();
    await until(() => all.every(({ ends }) => ends.length > 0));
    await aMoment();
    await clock.advance(0);
    await until(() => clock.pending === 0);
  });

  it('before it began, too', async () => {
    const clock = new FakeClock();
    const access = { headers: () => new Promise<never>(() => undefined) };
    const heard = new Heard();
    rig.driverTo(1, { clock, access }).open(OPENING, heard).halfClose();
    await clock.advance(320_000);
    expect(heard.ends).toEqual([[4, 'Deadline exceeded after 320s']]);
  });
});

describe('Http2Call that is refused before anything was said', () => {
  /** Refuses the first so many, and hears all of the next. */
  async function refuse(times: number, chunks: number): Promise<{ heard: Heard; bytes: number }> {
    let bytes = 0;
    const peer: Http2Peer = await rig.listen((stream) => {
      if (peer.requests.length <= times) {
        stream.once('data', () => stream.close(constants.NGHTTP2_REFUSED_STREAM));
        return;
      }
      stream.on('data', (some: Buffer) => {
        bytes += some.byteLength;
      });
      stream.on('end', () => well(stream, RESPONSE));
    });
    const heard = new Heard();
    const call = rig.driverTo(peer.port).open(OPENING, heard);
    for (let n = 0; n < chunks; n++) call.write(silence(100));
    call.halfClose();
    await until(() => heard.ends.length > 0);
    return { heard, bytes };
  }

  it('is made once more, with all its audio, which counts once', async () => {
    const { heard, bytes } = await refuse(1, 5);
    expect([heard.messages, heard.ends]).toEqual([1, [[0, '']]]);
    expect(heard.taken).toBe(5 * silence(100).byteLength);
    expect(bytes).toBeGreaterThan(heard.taken);
  });

  it('reads the answer from its beginning, and hears nothing of the first', async () => {
    const peer: Http2Peer = await rig.listen((stream) => {
      if (peer.requests.length > 1) well(stream.resume(), RESPONSE);
      else stream.close(constants.NGHTTP2_REFUSED_STREAM);
    });
    const heard = new Heard();
    rig.driverTo(peer.port).open(OPENING, heard).halfClose();
    await until(() => heard.ends.length > 0);
    expect([heard.messages, heard.ends, peer.requests.length]).toEqual([1, [[0, '']], 2]);
  });

  it('is not made again once it was answered', async () => {
    const peer = await rig.listen((stream) => {
      stream.respond(GRPC);
      stream.write(RESPONSE, () => stream.close(constants.NGHTTP2_REFUSED_STREAM));
    });
    const heard = new Heard();
    rig.driverTo(peer.port).open(OPENING, heard).write(silence(100));
    await until(() => heard.ends.length > 0);
    expect([heard.ends, peer.requests.length]).toEqual([[[14, 'Stream refused by server']], 1]);
  });

  it('ends by 14 when that is refused too', async () => {
    const { heard } = await refuse(2, 5);
    expect(heard.ends).toEqual([[14, 'Stream refused by server']]);
  });

  it('ends by 14 when it has sent too much to send it again', async () => {
    const { heard } = await refuse(1, 21);
    expect(heard.ends).toEqual([[14, 'Stream refused by server']]);
  });
});
