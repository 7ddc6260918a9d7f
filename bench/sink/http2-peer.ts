/**
 * HTTP/2 peer: just enough of RFC 9113 to be called by gRPC, at next to no cost.
 *
 * It reads no headers: whatever is called is the same call. Windows are so wide that nobody waits; what
 * it sends itself is so little that no window of the other side matters. Answers leave together.
 */
import type { Socket } from 'node:net';

export interface Stream {
  /** A part of what is called, as it comes. */
  onData(bytes: Buffer): void;
  /** No more of it comes. */
  onEnd(): void;
}

/** What a stream can be told. */
export interface Reply {
  /** A gRPC message with its head. */
  send(frame: Buffer): void;
  /** Ends well. */
  end(): void;
}

const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const WINDOW_UPDATE = 8;
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const WINDOW_BYTES_MAX = 2 ** 31 - 1;
const FIRST_WINDOW_BYTES = 65_535;
/** How much may have come before the window of a connection is opened again. */
const RENEW_BYTES = 64 * 2 ** 20;
const STREAMS_MAX = 100;

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.byteLength, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([0, id]), word(value)]);
}

/** HPACK: a literal that no table keeps. */
function literal(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

const SETTINGS_BYTES = Buffer.concat([setting(3, STREAMS_MAX), setting(4, WINDOW_BYTES_MAX)]);
/** `:status 200`, and `content-type` by its number in the table that is always there. */
const RESPONSE = Buffer.concat([Buffer.from([0x88, 0x0f, 0x10]), literal('application/grpc')]);
const TRAILERS = Buffer.concat([Buffer.from([0]), literal('grpc-status'), literal('0')]);

/** Serves one connection; `newStream` is called for each stream. */
export function serve(socket: Socket, newStream: (reply: Reply) => Stream): void {
  const streams = new Map<number, Stream>();
  let rest: Buffer | undefined;
  let out: Buffer[] = [
    frame(SETTINGS, 0, 0, SETTINGS_BYTES),
    frame(WINDOW_UPDATE, 0, 0, word(WINDOW_BYTES_MAX - FIRST_WINDOW_BYTES)),
  ];
  let state: 'preface' | 'open' = 'preface';
  let taken = 0;

  const open = (id: number): void => {
    out.push(frame(HEADERS, END_HEADERS, id, RESPONSE));
    const stream = newStream({
      send: (message) => out.push(frame(DATA, 0, id, message)),
      end: () => out.push(frame(HEADERS, END_HEADERS | END_STREAM, id, TRAILERS)),
    });
    streams.set(id, stream);
  };
  const data = (id: number, flags: number, payload: Buffer): void => {
    taken += payload.byteLength;
    if (taken > RENEW_BYTES) {
      out.push(frame(WINDOW_UPDATE, 0, 0, word(taken)));
      taken = 0;
    }
    const stream = streams.get(id);
    if (payload.byteLength > 0) stream?.onData(payload);
    if ((flags & END_STREAM) === 0) return;
    streams.delete(id);
    stream?.onEnd();
  };
  const take = (type: number, flags: number, id: number, payload: Buffer): void => {
    if (type === DATA) data(id, flags, payload);
    else if (type === HEADERS && !streams.has(id)) open(id);
    else if (type === RST_STREAM) streams.delete(id);
    else if (type === SETTINGS && flags !== ACK) out.push(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
    else if (type === PING && flags !== ACK) out.push(frame(PING, ACK, 0, payload));
  };
  const flush = (): void => {
    if (out.length === 0) return;
    socket.write(Buffer.concat(out));
    out = [];
  };

  flush();
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    const all = rest === undefined ? bytes : Buffer.concat([rest, bytes]);
    let at = 0;
    if (state === 'preface' && all.byteLength >= PREFACE_BYTES) {
      state = 'open';
      at = PREFACE_BYTES;
    }
    while (state === 'open' && at + HEAD_BYTES <= all.byteLength) {
      const end = at + HEAD_BYTES + all.readUIntBE(at, 3);
      if (end > all.byteLength) break;
      const id = all.readUInt32BE(at + 5);
      take(all[at + 3] ?? 0, all[at + 4] ?? 0, id, all.subarray(at + HEAD_BYTES, end));
      at = end;
    }
    rest = at < all.byteLength ? all.subarray(at) : undefined;
    flush();
  });
}
