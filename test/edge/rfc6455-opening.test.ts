/**
 * RFC 6455, the opening: what is answered to a request that is to become a WebSocket, or is none.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/command/server.ts';
import { RawSocket, requestOf } from '../fakes/raw-socket.ts';
import { startRig } from '../fakes/server-rig.ts';

let server: Server;
let port: number;

beforeAll(async () => {
  server = await startRig();
  port = Number(new URL(server.url).port);
});

afterAll(() => server.close());

describe('RFC 6455: the opening', () => {
  /** The first line of the answer; empty when the connection is cut, or nothing comes. */
  async function answer(request: string): Promise<string> {
    const socket = new RawSocket(port);
    socket.write(request);
    socket.half();
    await socket.ended;
    return socket.status.replace('HTTP/1.1 ', '');
  }

  it.each([
    ['4.1 no key', { 'Sec-WebSocket-Key': '' }],
    ['4.1 a key that is too short', { 'Sec-WebSocket-Key': 'x' }],
    ['4.1 no Upgrade', { Upgrade: 'h2c', 'Sec-WebSocket-Key': '' }],
    ['4.1 no subprotocol', { 'Sec-WebSocket-Protocol': '' }],
    ['4.1 another subprotocol', { 'Sec-WebSocket-Protocol': 'EARSHOT.V1' }],
  ])('%s: 426', async (_, headers) => {
    expect(await answer(requestOf(headers))).toBe('426 Upgrade Required');
  });

  it.each([
    ['another path', requestOf({}, '/v1/streams'), '404 Not Found'],
    ['a path in capitals', requestOf({}, '/V1/STREAM'), '404 Not Found'],
    ['a path that climbs', requestOf({}, '/../v1/stream'), '404 Not Found'],
    ['POST', requestOf().replace('GET', 'POST'), '404 Not Found'],
    ['HTTP/1.0', requestOf().replace('HTTP/1.1', 'HTTP/1.0'), ''],
    ['no HTTP at all', '\u0000\u0001\u0002 nonsense\r\n\r\n', ''],
    ['a TLS hello', '\u0016\u0003\u0001\u0000\u0001\u0001\r\n\r\n', ''],
    ['HTTP/2 at once', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ''],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '',
    ],
  ])('$0', async (_, request, status) => {
    expect(await answer(request)).toBe(status);
  });

  it('4.2.2 agrees upon the subprotocol, and on no extension', async () => {
    const socket = new RawSocket(port);
    const offered = {
      'Sec-WebSocket-Extensions':
        'permessage-deflate; client_max_window_bits, x-webkit-deflate-frame',
    };
    socket.write(requestOf(offered));
    await socket.until(() => socket.status !== '');
    expect(socket.status).toContain('101');
    expect(socket.extensions).toBe('');
    socket.cut();
  });

  it('4.4 is of version 13; not strict: another version is taken for that', async () => {
    const socket = await RawSocket.open(port, { 'Sec-WebSocket-Version': '12' });
    expect(socket.isOpen).toBe(true);
    socket.cut();
  });
});
