/**
 * RFC 6455: what the server makes of bytes, right ones and wrong ones, below what any library would send.
 *
 * The socket layer answers a breach of the framing by cutting the connection, without a close frame: RFC 6455
 * allows that (7.1.7). Where it is less strict than the RFC, the case says so.
 */
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../../src/command/server.ts';
import { frameOf, OP, RawSocket } from '../fakes/raw-socket.ts';
import { startRig } from '../fakes/server-rig.ts';

const START = JSON.stringify({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: 16_000 });
const AUDIO = new Uint8Array(3_200).fill(1);

let server: Server;
let port: number;
/** It speaks on beside all of them. */
let neighbour: RawSocket;

beforeAll(async () => {
  server = await startRig({ EARSHOT_IDLE_MS_MAX: '900000' });
  port = Number(new URL(server.url).port);
  neighbour = await session();
});

afterAll(async () => {
  for (let n = 0; n < 3; n++) neighbour.frame(OP.binary, AUDIO);
  neighbour.say({ type: 'finish' });
  expect(await neighbour.next('summary')).toMatchObject({ receivedMs: 300 });
  expect(await neighbour.ended).toBe(1000);
  await server.close();
});

async function session(): Promise<RawSocket> {
  const socket = await RawSocket.open(port);
  socket.frame(OP.text, START);
  await socket.next('ready');
  return socket;
}

/** Whether a session still answers, and has complained of nothing. */
async function goesOn(socket: RawSocket): Promise<boolean> {
  socket.frame(OP.ping, 'after all that');
  const answers = (): boolean =>
    socket.heard.some(({ payload }) => `${payload}` === 'after all that');
  const isThere = await socket.until(answers);
  socket.cut();
  return isThere && socket.messages.every(({ type }) => type !== 'error');
}

const TEXT = '{"type":"keepalive"}';
const HALVES = [TEXT.slice(0, 7), TEXT.slice(7)] as const;

/** What breaks the framing, by the section that forbids it. */
const BREACHES: readonly (readonly [what: string, does: (socket: RawSocket) => void])[] = [
  ['5.2 RSV1 without an extension', (s) => s.frame(OP.text, TEXT, { rsv: 4 })],
  ['5.2 RSV1 on audio', (s) => s.frame(OP.binary, AUDIO, { rsv: 4 })],
  ['5.2 RSV2', (s) => s.frame(OP.text, TEXT, { rsv: 2 })],
  ['5.2 RSV3', (s) => s.frame(OP.text, TEXT, { rsv: 1 })],
  ['5.2 all reserved bits on a ping', (s) => s.frame(OP.ping, '', { rsv: 7 })],
  ...[3, 4, 5, 6, 7].map(
    (op) => [`5.2 reserved opcode ${op}`, (s: RawSocket) => s.frame(op, TEXT)] as const,
  ),
  ...[11, 12, 13, 14, 15].map(
    (op) => [`5.2 reserved control opcode ${op}`, (s: RawSocket) => s.frame(op, '')] as const,
  ),
  ['5.2 a length of 2^63', (s) => s.frame(OP.binary, '', { lengthBytes: 8, length: 2 ** 63 })],
  ['5.2 a length of 2^53', (s) => s.frame(OP.binary, '', { lengthBytes: 8, length: 2 ** 53 })],
  [
    '5.2 a length over the limit of the socket layer',
    (s) => s.frame(OP.binary, '', { lengthBytes: 8, length: 393_217 }),
  ],
  ['5.4 a continuation of nothing', (s) => s.frame(OP.more, TEXT)],
  ['5.4 a continuation of nothing, not the last', (s) => s.frame(OP.more, TEXT, { fin: false })],
  [
    '5.4 a text within a text',
    (s) => {
      s.frame(OP.text, HALVES[0], { fin: false });
      s.frame(OP.text, HALVES[1]);
    },
  ],
  ['5.5 a ping of 126 bytes', (s) => s.frame(OP.ping, 'x'.repeat(126))],
  ['5.5 a pong of 126 bytes', (s) => s.frame(OP.pong, 'x'.repeat(126))],
  ['5.5 a close of 126 bytes', (s) => s.frame(OP.close, Buffer.alloc(126, 3))],
  ['5.5 a ping in pieces', (s) => s.frame(OP.ping, 'x', { fin: false })],
  ['5.5 a close in pieces', (s) => s.frame(OP.close, '', { fin: false })],
  ['8.1 a byte that UTF-8 has not', (s) => s.frame(OP.text, Buffer.from([0x22, 0xff, 0x22]))],
  ['8.1 a character cut short', (s) => s.frame(OP.text, Buffer.from([0x22, 0xe2, 0x82, 0x22]))],
  ['8.1 an overlong slash', (s) => s.frame(OP.text, Buffer.from([0xc0, 0xaf]))],
  ['8.1 half a surrogate pair', (s) => s.frame(OP.text, Buffer.from([0xed, 0xa0, 0x80]))],
  [
    '8.1 a character beyond Unicode',
    (s) => s.frame(OP.text, Buffer.from([0xf4, 0x90, 0x80, 0x80])),
  ],
  [
    '10.4 pieces beyond the limit of the socket layer',
    (s) => {
      s.frame(OP.binary, Buffer.alloc(60_000), { fin: false });
      for (let n = 0; n < 6; n++) s.frame(OP.more, Buffer.alloc(60_000), { fin: false });
    },
  ],
  [
    'RFC 7692 a compressed message, though that was not agreed upon',
    (s) => s.frame(OP.text, deflateRawSync(' '.repeat(1e6)), { rsv: 4 }),
  ],
];

/** What is right, or taken though it is not. */
const FINE: readonly (readonly [what: string, does: (socket: RawSocket) => void])[] = [
  ['a text in one piece', (s) => s.frame(OP.text, TEXT)],
  [
    'a text in a piece for each byte',
    (s) => {
      s.frame(OP.text, '', { fin: false });
      for (const byte of Buffer.from(TEXT)) s.frame(OP.more, Uint8Array.of(byte), { fin: false });
      s.frame(OP.more, '');
    },
  ],
  [
    'pings between the pieces',
    (s) => {
      s.frame(OP.text, HALVES[0], { fin: false });
      s.frame(OP.ping, 'a');
      s.frame(OP.more, HALVES[1]);
    },
  ],
  [
    'a character cut in two by pieces',
    (s) => {
      const text = Buffer.from('{"type":"keepalive","é":"€"}');
      s.frame(OP.text, text.subarray(0, 22), { fin: false });
      s.frame(OP.more, text.subarray(22));
    },
  ],
  [
    'bytes one by one',
    (s) => {
      for (const byte of frameOf(OP.text, TEXT)) s.write(Uint8Array.of(byte));
    },
  ],
  [
    'many messages in one segment',
    (s) => s.write(Buffer.concat(Array.from({ length: 50 }, () => frameOf(OP.text, TEXT)))),
  ],
  ['a pong that nobody asked for', (s) => s.frame(OP.pong, 'x')],
  ['a ping of 125 bytes', (s) => s.frame(OP.ping, 'x'.repeat(125))],
  ['an empty ping', (s) => s.frame(OP.ping)],
  [
    'not strict (5.2): a length in more bytes than it takes',
    (s) => {
      s.frame(OP.text, TEXT, { lengthBytes: 2 });
      s.frame(OP.text, TEXT, { lengthBytes: 8 });
    },
  ],
];

describe('RFC 6455: a breach of the framing', () => {
  it.each(BREACHES)('%s: the connection is cut, and the neighbour speaks on', async (_, does) => {
    const socket = await session();
    const before = neighbour.heard.filter(({ op }) => op === OP.pong).length;
    does(socket);
    expect(await socket.ended).toBe(undefined);
    neighbour.frame(OP.ping, 'still here?');
    await neighbour.until(() => neighbour.heard.filter(({ op }) => op === OP.pong).length > before);
    expect(neighbour.isOpen).toBe(true);
  });
});

describe('RFC 6455: what the session survives', () => {
  it.each(FINE)('%s', async (_, does) => {
    const socket = await session();
    does(socket);
    expect(await goesOn(socket)).toBe(true);
  });

  it('5.5.3 a pong says what the ping said', async () => {
    const socket = await session();
    const said = ['', 'a', 'x'.repeat(125)];
    for (const text of said) socket.frame(OP.ping, text);
    await socket.until(
      () => socket.heard.filter(({ op }) => op === OP.pong).length === said.length,
    );
    const pongs = socket.heard.filter(({ op }) => op === OP.pong);
    expect(pongs.map(({ payload }) => String(payload))).toEqual(said);
    expect(await goesOn(socket)).toBe(true);
  });

  it('5.1 what the server sends is not masked, and in one piece', async () => {
    const socket = await session();
    expect(socket.heard.every(({ fin }) => fin)).toBe(true);
    expect(await goesOn(socket)).toBe(true);
  });
});

describe('RFC 6455: the end', () => {
  it.each([
    ['1000', Buffer.from([3, 232]), 1000],
    ['1001 and a reason', Buffer.concat([Buffer.from([3, 233]), Buffer.from('bye')]), 1001],
    ['4000', Buffer.from([15, 160]), 4000],
  ])('7.1.5 a close with %s is answered with the same', async (_, payload, code) => {
    const socket = await session();
    socket.frame(OP.close, payload);
    expect(await socket.ended).toBe(code);
  });

  it.each([
    ['no code', Buffer.alloc(0)],
    ['half a code', Buffer.from([3])],
    ['1005, which is never sent', Buffer.from([3, 237])],
    ['1006, which is never sent', Buffer.from([3, 238])],
    ['999, which is none', Buffer.from([3, 231])],
    ['a reason that is no UTF-8', Buffer.from([3, 232, 0xff])],
  ])('7.4 a close with %s ends the connection', async (_, payload) => {
    const socket = await session();
    socket.frame(OP.close, payload);
    const code = await socket.ended;
    expect([undefined, 1000, 1002, 1005, 1006, 1007]).toContain(code);
  });

  it('7.1.1 what comes after a close is nobody’s', async () => {
    const socket = await session();
    const frames = server.metrics.frames;
    socket.write(
      Buffer.concat([frameOf(OP.close, Buffer.from([3, 232])), frameOf(OP.binary, AUDIO)]),
    );
    expect(await socket.ended).toBe(1000);
    expect(server.metrics.frames).toBe(frames);
  });

  it('a half-closed connection is over', async () => {
    const socket = await session();
    socket.half();
    expect(await socket.ended).toBe(undefined);
  });
});

describe('RFC 6455: where the socket layer is not strict', () => {
  it('5.1 not strict: what is not masked is taken for masked, and so never for what it says', async () => {
    const socket = await session();
    socket.frame(OP.text, '{"type":"finish"}', { masked: false });
    socket.write('    ');
    expect([undefined, 4501]).toContain(await socket.ended);
    expect(socket.messages.some(({ type }) => type === 'summary')).toBe(false);
  });

  it('5.4 not strict: audio within a text is taken for the end of it, as audio that is none', async () => {
    const socket = await session();
    socket.frame(OP.text, '1234567', { fin: false });
    socket.frame(OP.binary, AUDIO);
    expect(await socket.next('error')).toMatchObject({ code: 'bad_audio' });
    expect(await socket.ended).toBe(4501);
  });
});
