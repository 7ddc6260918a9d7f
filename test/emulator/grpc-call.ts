/**
 * gRPC call: one HTTP/2 stream as a call of the emulator: frames in, frames and trailers out.
 */
import http2 from 'node:http2';
import type { Clock, Timer } from '../../src/clock.ts';
import type { LinkFault } from './faults.ts';
import { FrameReader, frameOf } from './frames.ts';
import type { Status } from './limits.ts';
import { CODE } from './limits.ts';
import type { Method } from './protos.ts';
import type { Response } from './response.ts';
import type { Stream } from './stream.ts';
import type { StreamSink } from './stream-parts.ts';

/** gRPC's own bound, unless a server is told otherwise. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
/** Responses that a client hasn't read; one more resets the stream. */
const UNREAD_BYTES_MAX = 4 * 1024 * 1024;

export interface GrpcCallParts {
  readonly method: Method;
  readonly clock: Clock;
  /** A fault of the whole connection. */
  readonly onLink: (fault: LinkFault) => void;
  /** The connection is gone. */
  readonly isCut: () => boolean;
  /** The HTTP/2 stream is gone. */
  readonly onClose: () => void;
}

export class GrpcCall implements StreamSink {
  readonly #http2: http2.ServerHttp2Stream;
  readonly #parts: GrpcCallParts;
  readonly #reader = new FrameReader(MESSAGE_BYTES_MAX);
  #stream: Stream | undefined;
  #state: 'open' | 'ended' = 'open';
  /** Why the stream is lost, when it is we who took it away. */
  #loss: string | undefined;
  #bytesPerSecond = Infinity;
  #pause: Timer | undefined;

  constructor(stream: http2.ServerHttp2Stream, parts: GrpcCallParts) {
    this.#http2 = stream;
    this.#parts = parts;
  }

  /** Begins to read for `stream`, whose sink this is. */
  start(stream: Stream): void {
    this.#stream = stream;
    this.#http2.on('error', () => this.#http2.destroy()); // 'close' follows
    this.#http2.on('close', () => {
      this.#pause?.cancel();
      this.#lost(this.#parts.isCut() ? 'cut' : 'CANCELLED');
      this.#parts.onClose();
    });
    stream.start();
    this.#http2.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#http2.on('end', () => {
      if (!this.#http2.aborted) stream.halfClose();
    });
  }

  send(response: Response): void {
    if (this.#state === 'ended' || this.#http2.destroyed) return;
    if (!this.#http2.headersSent) {
      this.#http2.respond(HEADERS, { waitForTrailers: true });
    }
    this.#http2.write(frameOf(this.#parts.method.encode(response)));
    if (this.#http2.writableLength > UNREAD_BYTES_MAX) {
      this.reset('overflow', http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }
  }

  end(status: Status): void {
    if (this.#state === 'ended' || this.#http2.destroyed) return;
    this.#state = 'ended';
    endWith(this.#http2, status);
    // What the client still sends has no reader any more.
    this.#pause?.cancel();
    this.#http2.resume();
  }

  link(fault: LinkFault): void {
    if (fault.kind === 'rst-stream') {
      this.reset(fault.kind, fault.errorCode);
    } else if (fault.kind === 'slow-read') {
      this.#bytesPerSecond = fault.bytesPerSecond;
      if (fault.bytesPerSecond === 0) this.#http2.pause();
    } else {
      this.#parts.onLink(fault);
    }
  }

  /** The connection is about to be taken away. */
  drop(how: string): void {
    this.#loss ??= how;
    this.#lost(how);
  }

  /** Resets the HTTP/2 stream with an error code. */
  reset(how: string, errorCode: number): void {
    this.drop(how);
    this.#http2.close(errorCode);
  }

  #lost(how: string): void {
    this.#state = 'ended';
    this.#stream?.lost(this.#loss ?? how);
  }

  #read(bytes: Buffer): void {
    if (this.#state === 'ended') return;
    for (const message of this.#reader.read(bytes)) {
      if ('fault' in message) {
        this.#refuse(
          message.fault === 'compressed'
            ? { code: 'UNIMPLEMENTED', text: 'The emulator reads no compressed messages' }
            : {
                code: 'RESOURCE_EXHAUSTED',
                text: `Received message larger than max (${message.bytes} vs. ${MESSAGE_BYTES_MAX})`,
              },
        );
        return;
      }
      this.#message(message);
    }
    this.#slow(bytes.length);
  }

  #message(message: Buffer): void {
    let request: object;
    try {
      request = this.#parts.method.decode(message);
    } catch {
      this.#refuse({ code: 'INTERNAL', text: 'The request is no StreamingRecognizeRequest' });
      return;
    }
    this.#stream?.message(request);
  }

  /** Ends the call by gRPC's own rules, which the stream knows nothing of. */
  #refuse(status: Status): void {
    this.#stream?.lost(status.code);
    this.end(status);
  }

  /** Waits as long as these bytes take a slow reader: HTTP/2 then stops the client in turn. */
  #slow(bytes: number): void {
    const waitMs = (bytes * 1000) / this.#bytesPerSecond;
    if (waitMs === 0 || this.#state === 'ended') return;
    this.#http2.pause();
    if (waitMs === Infinity) return;
    this.#pause?.cancel();
    this.#pause = this.#parts.clock.after(waitMs, () => this.#http2.resume());
  }
}

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };

/** Ends an HTTP/2 stream with a gRPC status, in the headers when none were sent yet. */
export function endWith(stream: http2.ServerHttp2Stream, { code, text }: Status): void {
  const trailers = { 'grpc-status': String(CODE[code]), 'grpc-message': percentEncoded(text) };
  if (!stream.headersSent) {
    stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
    return;
  }
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end();
}

/** As gRPC wants it: printable ASCII stays, but for '%'. */
function percentEncoded(text: string): string {
  return Array.from(Buffer.from(text), (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}
