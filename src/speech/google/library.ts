/**
 * Library: a driver on Google's own client library, one client and so one connection each.
 *
 * It uses the raw call: the library's stream wrappings cost twice as much, and that of v2 loses audio.
 * destroy() would leave a call open and billed at Google, so a call is only ever ended or cancelled.
 */
import { v1, v2 } from '@google-cloud/speech';
import { credentials } from '@grpc/grpc-js';
import type { Clock } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import type { Driver, DriverCall, DriverEvents, Opening, Version } from './driver.ts';

/** Where calls go. */
export interface Place {
  /** A host name without a port, as `speech.googleapis.com`. */
  readonly host: string;
  readonly port: number;
  /** Without TLS and credentials: an emulator on this machine. */
  readonly isPlain: boolean;
  readonly project: string | undefined;
}

/** Longer than any stream lives; the library's own deadline is over an hour. */
const DEADLINE_MS = 320_000;
/** More often Google answers with GOAWAY. Without it a frozen peer is never found. */
const KEEPALIVE_MS = 30_000;
const KEEPALIVE_WAIT_MS_MAX = 10_000;

type Client = v1.SpeechClient | v2.SpeechClient;
type Raw = ReturnType<Client['_streamingRecognize']> & {
  /** The library's proxy holds the call in here; its types don't say so. */
  readonly stream?: { readonly cancel?: unknown } | null;
};

export class LibraryDriver implements Driver {
  readonly #version: Version;
  readonly #client: Client;
  readonly #clock: Clock;

  constructor(version: Version, place: Place, clock: Clock) {
    const options = optionsOf(place);
    this.#version = version;
    this.#clock = clock;
    this.#client = version === 'v1' ? new v1.SpeechClient(options) : new v2.SpeechClient(options);
    // What it fails of, every call fails of too, and says so.
    this.#client.initialize().catch(() => undefined);
  }

  open(opening: Opening, events: DriverEvents): DriverCall {
    const raw = this.#client._streamingRecognize({
      timeout: DEADLINE_MS,
      otherArgs: { headers: opening.headers },
    });
    return new LibraryCall(raw, this.#version, opening.first, events, this.#clock);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

function optionsOf({ host, port, isPlain, project }: Place) {
  return {
    apiEndpoint: host,
    port,
    ...(project !== undefined && { projectId: project }),
    'grpc.use_local_subchannel_pool': 1,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_WAIT_MS_MAX,
    ...(isPlain && {
      sslCreds: credentials.createInsecure(),
      // Else the library asks the metadata server for it.
      clientOptions: { universeDomain: 'googleapis.com' },
    }),
  };
}

class LibraryCall implements DriverCall {
  readonly #version: Version;
  readonly #raw: Raw;
  /** Undefined once it is over: a dead call says 'error' for every write. */
  #events: DriverEvents | undefined;
  readonly #clock: Clock;
  #state: 'starting' | 'started' | 'cancelled' = 'starting';

  constructor(raw: Raw, version: Version, first: object, events: DriverEvents, clock: Clock) {
    this.#clock = clock;
    this.#raw = raw;
    this.#version = version;
    this.#events = events;
    raw.on('data', (response: object) => this.#events?.onMessage(response));
    raw.on('error', (error: unknown) => this.#end(...statusOf(error)));
    raw.on('end', () => this.#end(0, ''));
    raw.write(first, () => this.#started());
  }

  write(audio: Uint8Array): void {
    if (this.#events === undefined) return;
    const own = Buffer.from(audio);
    const request = this.#version === 'v1' ? { audioContent: own } : { audio: own };
    this.#raw.write(request, () => this.#events?.onTaken(own.byteLength));
  }

  halfClose(): void {
    if (this.#events !== undefined) this.#raw.end();
  }

  cancel(): void {
    if (this.#events === undefined) return;
    this.#events = undefined;
    if (this.#state === 'started') this.#cancelSoon();
    this.#state = 'cancelled';
  }

  /** The library has taken the first message: the call is on its way. */
  #started(): void {
    if (this.#state === 'cancelled') this.#cancelSoon();
    else this.#state = 'started';
  }

  /**
   * grpc-js opens a call some microtasks after it was started, and does so though it was cancelled
   * meanwhile: such a call would stay open, and billed, with nobody to end it.
   */
  #cancelSoon(): void {
    this.#clock.after(0, () => {
      // A closed client hands out a stream that only says so: it is no call, and can't be cancelled.
      const { stream } = this.#raw;
      if (stream == null || typeof stream.cancel === 'function') this.#raw.cancel();
    });
  }

  #end(code: number, text: string): void {
    const events = this.#events;
    this.#events = undefined;
    events?.onEnd(code, text);
  }
}

function statusOf(error: unknown): [code: number, text: string] {
  if (!(error instanceof Error)) return [-1, messageOf(error)];
  const { code, details } = error as Error & { code?: unknown; details?: unknown };
  const text = typeof details === 'string' && details !== '' ? details : error.message;
  return [typeof code === 'number' ? code : -1, text];
}
