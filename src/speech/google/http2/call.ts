/**
 * Call: one streaming call over an HTTP/2 stream, from before it has one until its end.
 *
 * What is written early waits for the stream. The status comes last, after all answers are read; where
 * none comes, the way in which the stream closed is one.
 */
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { constants } from 'node:http2';
import type { Clock, Timer } from '../../../clock.ts';
import { messageOf } from '../../../errors.ts';
import type { Beat } from '../beat.ts';
import type { DriverCall, DriverEvents } from '../driver.ts';
import type { Codec } from './codec.ts';
import { FrameReader } from './frames.ts';
import type { Parcel, Parcels } from './parcels.ts';
import type { Status } from './status.ts';
import { broken, DROPPED, overdue, statusOfReset, statusOfTrailers } from './status.ts';

/** Longer than any stream lives. */
export const DEADLINE_MS = 320_000;
/** How long a reset may come after the end of an answer. */
const RESET_MS_MAX = 1_000;
/** gRPC's own bound; an answer has some hundred bytes. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } =
  constants;

/** Audio that is kept for a call that may have to be made again: 2 s at 16 kHz. */
const KEPT_BYTES_MAX = 64 * 1024;

export interface CallParts {
  readonly codec: Codec;
  readonly events: DriverEvents;
  readonly clock: Clock;
  /** When audio leaves: that of all calls together. */
  readonly departures: Beat;
  /** Memory of what leaves: that of all calls together. */
  readonly parcels: Parcels;
  /** The peer has taken no notice of the call: it is to be given another stream. Comes once. */
  readonly onRefused: () => void;
}

export class Http2Call implements DriverCall {
  readonly #codec: Codec;
  readonly #clock: Clock;
  readonly #departures: Beat;
  readonly #parcels: Parcels;
  readonly #deadline: Timer;
  /** Undefined once it is over. */
  #events: DriverEvents | undefined;
  #onRefused: (() => void) | undefined;
  #state: 'open' | 'finished' = 'open';
  #stream: ClientHttp2Stream | undefined;
  #reader = new FrameReader(MESSAGE_BYTES_MAX);
  /** All audio so far, as messages; undefined once it needn't be sent again. */
  #kept: Parcel[] | undefined = [];
  #keptBytes = 0;
  /** What leaves with the next beat: a chain, since an array for each beat would be made for one parcel. */
  #leaving: Parcel | undefined;
  #lastLeaving: Parcel | undefined;
  /** What has left by this stream, and what was ever said to have left. */
  #leftBytes = 0;
  #toldBytes = 0;
  #httpStatus: number | undefined;
  /** As the peer says it, while answers may still have to be read. */
  #status: Status | undefined;

  constructor({ codec, events, clock, departures, parcels, onRefused }: CallParts) {
    this.#codec = codec;
    this.#events = events;
    this.#clock = clock;
    this.#departures = departures;
    this.#parcels = parcels;
    this.#onRefused = onRefused;
    this.#deadline = clock.after(DEADLINE_MS, () => this.fail(overdue(DEADLINE_MS)));
  }

  get isOver(): boolean {
    return this.#events === undefined;
  }

  /** Gives it the stream it has waited for, and its first message. */
  begin(stream: ClientHttp2Stream, first: Buffer): void {
    this.#stream = stream;
    this.#listen(stream);
    stream.write(first);
    for (const parcel of this.#kept ?? []) this.#line(parcel);
    this.#depart();
    this.#keep();
    if (this.#state === 'finished') stream.end();
  }

  /** Ends it, for a reason of this side. */
  fail(status: Status): void {
    this.#end(status);
    this.#abandon();
  }

  write(audio: Uint8Array): void {
    if (this.isOver || this.#state === 'finished') return;
    const parcel = this.#parcels.pack(this.#codec.audioTag, audio);
    this.#kept?.push(parcel);
    this.#keptBytes += audio.length;
    if (this.#stream === undefined) return;
    this.#keep();
    if (this.#leaving === undefined) this.#departures.next(this.#depart);
    this.#line(parcel);
  }

  halfClose(): void {
    if (this.isOver) return;
    this.#state = 'finished';
    this.#depart();
    this.#stream?.end();
  }

  cancel(): void {
    this.#over();
    this.#abandon();
  }

  /** Only what waits for a stream may be more. */
  #keep(): void {
    if (this.#keptBytes > KEPT_BYTES_MAX) this.#kept = undefined;
  }

  readonly #depart = (): void => {
    let parcel = this.#leaving;
    this.#leaving = undefined;
    const stream = this.#stream;
    if (stream === undefined || parcel === undefined) return;
    const isOne = parcel.next === undefined;
    if (!isOne) stream.cork();
    while (parcel !== undefined) {
      const { next }: Parcel = parcel;
      this.#hand(stream, parcel);
      parcel = next;
    }
    if (!isOne) stream.uncork();
  };

  #line(parcel: Parcel): void {
    parcel.next = undefined;
    if (this.#leaving === undefined || this.#lastLeaving === undefined) this.#leaving = parcel;
    else this.#lastLeaving.next = parcel;
    this.#lastLeaving = parcel;
  }

  #hand(stream: ClientHttp2Stream, parcel: Parcel): void {
    if (this.#kept === undefined) {
      parcel.sender = this.#sent;
      stream.write(parcel.frame, parcel.taken);
      return;
    }
    // It may be handed to another stream before this one has done with it.
    stream.write(parcel.frame, (error) => {
      if (error == null && !stream.destroyed && stream === this.#stream)
        this.#left(parcel.audioBytes);
    });
  }

  /** A parcel that was handed once, and not kept: from then on there is no other stream. */
  readonly #sent = (parcel: Parcel, error: Error | null | undefined): void => {
    // Else nobody knows who still reads it: of a stream that was destroyed Node says that all has left.
    if (error != null || this.#stream?.destroyed !== false) return;
    this.#left(parcel.audioBytes);
    this.#parcels.give(parcel);
  };

  #left(bytes: number): void {
    this.#leftBytes += bytes;
    const news = Math.min(bytes, this.#leftBytes - this.#toldBytes);
    if (news <= 0) return;
    this.#toldBytes += news;
    this.#events?.onTaken(news);
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on('response', (headers, flags) => {
      this.#kept = undefined;
      this.#httpStatus = headers[':status'];
      if ((flags & NGHTTP2_FLAG_END_STREAM) !== 0) this.#trailers(headers);
    });
    stream.on('trailers', (trailers) => this.#trailers(trailers));
    stream.on('data', (bytes: Buffer) => this.#read(bytes));
    stream.on('end', () => {
      if (this.#status !== undefined) this.#finish(this.#status);
      else if (!stream.destroyed) this.#await(stream);
    });
    // 'close' follows.
    stream.on('error', () => undefined);
    const { session } = stream;
    stream.on('close', () => {
      if (stream.rstCode === NGHTTP2_REFUSED_STREAM && this.#again()) return;
      const isDropped = session?.destroyed === true;
      const reset = statusOfReset(stream.rstCode, this.#httpStatus);
      this.#end(this.#status ?? (isDropped ? DROPPED : reset));
    });
  }

  /** An answer without a status: a reset may follow that says more, or nothing at all. */
  #await(stream: ClientHttp2Stream): void {
    const late = this.#clock.after(RESET_MS_MAX, () => {
      this.#finish(statusOfReset(NGHTTP2_NO_ERROR, this.#httpStatus));
    });
    stream.once('close', () => late.cancel());
  }

  /** By its own word the peer has done nothing of the call, as when GOAWAY crosses it. */
  #again(): boolean {
    const onRefused = this.#onRefused;
    if (this.isOver || this.#kept === undefined || onRefused === undefined) return false;
    this.#onRefused = undefined;
    this.#stream = undefined;
    this.#leaving = undefined;
    this.#leftBytes = 0;
    this.#reader = new FrameReader(MESSAGE_BYTES_MAX);
    onRefused();
    return true;
  }

  #trailers(headers: IncomingHttpHeaders): void {
    this.#status = statusOfTrailers(headers, this.#httpStatus);
    if (this.#stream?.readableEnded === true) this.#finish(this.#status);
  }

  #read(bytes: Buffer): void {
    // An answer that isn't gRPC's has no messages.
    if (this.isOver || this.#httpStatus !== 200) return;
    const { messages, fault } = this.#reader.read(bytes);
    for (const message of messages) {
      this.#tell(message);
      if (this.isOver) return;
    }
    if (fault !== undefined) this.fail(broken(fault));
  }

  #tell(message: Buffer): void {
    let response: object;
    try {
      response = this.#codec.decode(message);
    } catch (error) {
      this.fail(broken(`Response message parsing error: ${messageOf(error)}`));
      return;
    }
    this.#events?.onMessage(response);
  }

  /** The peer has said its last; what it has not read yet it won't. */
  #finish(status: Status): void {
    this.#end(status);
    if (this.#stream?.writableFinished === false) this.#abandon();
  }

  /**
   * Half-closed is not enough: the stream would stay open, and be billed. Never at once: what is called
   * back may run while nghttp2 still reads, and a reset of another stream within that may make it write
   * empty frames for ever.
   */
  #abandon(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#clock.after(0, () => {
      if (!stream.destroyed) stream.close(NGHTTP2_CANCEL);
    });
  }

  #end({ code, text }: Status): void {
    const events = this.#over();
    events?.onEnd(code, text);
  }

  /** Nothing is called back any more. Answers whom it was until now. */
  #over(): DriverEvents | undefined {
    const events = this.#events;
    this.#events = undefined;
    this.#kept = undefined;
    this.#leaving = undefined;
    this.#deadline.cancel();
    return events;
  }
}
