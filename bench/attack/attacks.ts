/**
 * Attacks: what somebody does who wants the server to fail, each bounded, from an address of its own.
 *
 * An attack is a step that is taken many times a second, and what it holds open. All of it goes to
 * loopback, by sockets that know no better than RawSocket.
 */
import { deflateRawSync } from 'node:zlib';
import { frameOf, OP, RawSocket, requestOf } from '../../test/fakes/raw-socket.ts';

/** Of loopback, and not the one that phones have. */
const ADDRESS = '127.0.0.66';

export interface Attack {
  readonly name: string;
  readonly what: string;
  /** How often a second; the whole attack is stopped after its time. */
  readonly perSecond: number;
  /** Sockets that it holds at once, at most. */
  readonly socketsMax: number;
  /** Called with a socket that is open, or a new one; `token` lets one in. */
  step(sockets: RawSocket[], port: number, token: string): void;
}

function dial(sockets: RawSocket[], port: number): RawSocket {
  const socket = new RawSocket(port, ADDRESS);
  sockets.push(socket);
  return socket;
}

/** A WebSocket with a session, once that is granted. */
function enter(sockets: RawSocket[], port: number, token: string): RawSocket {
  const socket = dial(sockets, port);
  socket.write(requestOf({ Authorization: `Bearer ${token}` }));
  void socket
    .until(() => socket.status !== '')
    .then(() => socket.say({ type: 'start', encoding: 'MULAW', sampleRateHertz: 8_000 }));
  return socket;
}

/** One of `count` sessions that go on, in turn. */
function turn(
  sockets: RawSocket[],
  count: number,
  port: number,
  token: string,
): RawSocket | undefined {
  if (sockets.length < count) {
    enter(sockets, port, token);
    return undefined;
  }
  const next = sockets.shift();
  if (next?.isOpen !== true) return undefined;
  sockets.push(next);
  return next.messages.some(({ type }) => type === 'ready') ? next : undefined;
}

const PIECE = frameOf(OP.more, 'x', { fin: false });
const TINY = frameOf(OP.binary, Uint8Array.of(255));
const PING = frameOf(OP.ping, 'x'.repeat(100));
const LARGE = Buffer.alloc(500_000);
const BOMB = frameOf(OP.text, deflateRawSync(Buffer.alloc(10_000_000, 32)), { rsv: 4 });

export const ATTACKS: readonly Attack[] = [
  {
    name: 'connects',
    what: 'connections that ask for nothing',
    perSecond: 200,
    socketsMax: 1_000,
    step: (sockets, port) => void dial(sockets, port),
  },
  {
    name: 'slowloris',
    what: 'requests, a byte at a time',
    perSecond: 400,
    socketsMax: 400,
    step: (sockets, port) => {
      if (sockets.length < 400) dial(sockets, port).write('GET /v1/stream HTTP/1.1\r\nX: ');
      else sockets[Math.floor(Math.random() * sockets.length)]?.write('x');
    },
  },
  {
    name: 'tokens',
    what: 'tokens that nobody has signed',
    perSecond: 200,
    socketsMax: 200,
    step: (sockets, port, token) =>
      dial(sockets, port).write(requestOf({ Authorization: `Bearer ${token}x` })),
  },
  {
    name: 'starts',
    what: 'WebSockets that never say start, of a device that may come in',
    perSecond: 100,
    socketsMax: 500,
    step: (sockets, port, token) =>
      dial(sockets, port).write(requestOf({ Authorization: `Bearer ${token}` })),
  },
  {
    name: 'pings',
    what: 'pings within a session',
    perSecond: 4_000,
    socketsMax: 4,
    step: (sockets, port, token) => turn(sockets, 4, port, token)?.write(PING),
  },
  {
    name: 'tiny',
    what: 'frames of one sample',
    perSecond: 4_000,
    socketsMax: 4,
    step: (sockets, port, token) => turn(sockets, 4, port, token)?.write(TINY),
  },
  {
    name: 'pieces',
    what: 'messages in endless pieces of one byte',
    perSecond: 4_000,
    socketsMax: 4,
    step: (sockets, port, token) => {
      const socket = turn(sockets, 4, port, token);
      if (socket !== undefined && socket.heard.length < 3)
        socket.frame(OP.text, 'x', { fin: false });
      socket?.write(PIECE);
    },
  },
  {
    name: 'large',
    what: 'messages over every limit',
    perSecond: 10,
    socketsMax: 8,
    step: (sockets, port, token) => turn(sockets, 4, port, token)?.frame(OP.binary, LARGE),
  },
  {
    name: 'bombs',
    what: 'compressed messages that would be 10 MB',
    perSecond: 20,
    socketsMax: 8,
    step: (sockets, port, token) => turn(sockets, 4, port, token)?.write(BOMB),
  },
  {
    name: 'unread',
    what: 'sessions that never read what they are sent',
    perSecond: 400,
    socketsMax: 8,
    step: (sockets, port, token) => {
      const socket = turn(sockets, 8, port, token);
      socket?.pause();
      socket?.frame(OP.binary, Buffer.alloc(160, 0x55));
    },
  },
];
