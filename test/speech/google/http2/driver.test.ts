import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { read } from '../../../../src/speech/google/response.ts';
import { Heard } from '../../../fakes/heard.ts';
import { until } from '../grpc-rigs.ts';
import { GRPC, OPENING, PeerRig, RESPONSE, well } from './peer-rig.ts';

const rig = new PeerRig();
afterEach(() => rig.close());

describe('Http2Driver', () => {
  it('says whom it calls, for how long, and what it was told to', async () => {
    const peer = await rig.listen((stream) => well(stream, RESPONSE));
    const headers = { 'x-goog-request-params': 'recognizer=a%2Fb' };
    const heard = new Heard();
    const authorized = { authorization: 'Bearer t', 'x-goog-user-project': 'payer' };
    const access = { headers: () => Promise.resolve({ headers: authorized }) };
    rig
      .driverTo(peer.port, { access })
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
    expect(heard.responses.map((response) => read(response, 16_000).billedMs)).toEqual([1_000]);
  });

  it('reads responses wherever they are cut', async () => {
    const body = Buffer.concat([RESPONSE, RESPONSE, RESPONSE]);
    const heard = await rig.heardOf((stream) => {
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
    const peer = await rig.listen((stream) => well(stream, RESPONSE));
    const heard = new Heard();
    const access = { headers: () => Promise.resolve({ refusal: { code: 2, text: 'no token' } }) };
    rig.driverTo(peer.port, { access }).open(OPENING, heard);
    expect(heard.ends).toEqual([]);
    await until(() => heard.ends.length > 0);
    expect([heard.ends, peer.sessions]).toEqual([[[2, 'no token']], []]);
  });

  it('speaks TLS with those whom it knows, and with nobody else', async () => {
    const [cert, key] = ['cert', 'key'].map((name) =>
      readFileSync(new URL(`../../../fakes/tls/${name}.pem`, import.meta.url), 'utf8'),
    );
    const tls = { cert: cert ?? '', key: key ?? '' };
    const peer = await rig.listen((stream) => well(stream, RESPONSE), { tls });
    const known = new Heard();
    rig.driverTo(peer.port, { host: 'localhost', ca: tls.cert }).open(OPENING, known).halfClose();
    await until(() => known.ends.length > 0);
    expect([known.messages, known.ends]).toEqual([1, [[0, '']]]);
    expect(peer.requests[0]).toMatchObject({ ':scheme': 'https' });
    const unknown = new Heard();
    rig.driverTo(peer.port, { host: 'localhost', ca: '' }).open(OPENING, unknown);
    await until(() => unknown.ends.length > 0);
    expect(unknown.ends).toEqual([[14, expect.stringMatching(/^No connection.*certificate/)]]);
  });
});
