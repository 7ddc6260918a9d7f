/**
 * gRPC rig: the emulator behind its gRPC front, and Google's own client library before it.
 */
import { v1, v2 } from '@google-cloud/speech';
import { credentials } from '@grpc/grpc-js';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import type { Change, EmulatorOptions } from './emulator.ts';
import { Emulator } from './emulator.ts';
import { GrpcFront } from './grpc.ts';
import type { Version } from './limits.ts';
import type { Response } from './response.ts';
import { Recorder, requestFor } from './rig.ts';
import { linear16 } from './voice.ts';

type Client = v1.SpeechClient | v2.SpeechClient;
type ClientStream = ReturnType<Client['_streamingRecognize']>;

/** Nothing waits: what a test waits for are events, not time. */
const AT_ONCE = { interimMs: 0, finalMs: 0, activityMs: 0, tailMs: 0 };

/** A call of the real client, and all it was told. */
export class ClientCall extends Recorder {
  readonly stream: ClientStream;
  readonly #version: Version;
  readonly #ended: Promise<void>;

  constructor(stream: ClientStream, version: Version) {
    super(() => systemClock.nowMs());
    this.stream = stream;
    this.#version = version;
    stream.on('data', (response: Response) => this.onMessage(response));
    this.#ended = new Promise((resolve) => {
      stream.on('error', (error: Error & { code: number; details: string }) => {
        this.onEnd(error.code, error.details);
        resolve();
      });
      stream.on('end', () => {
        if (this.ends.length === 0) this.onEnd(0, '');
        resolve();
      });
    });
  }

  /** Resolves when the call has ended. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Writes audio in chunks of 100 ms at 8 kHz, without pace. */
  write(samples: Int16Array): void {
    for (let from = 0; from < samples.length; from += 800) {
      const audio = linear16(samples.subarray(from, from + 800));
      this.stream.write(this.#version === 'v1' ? { audioContent: audio } : { audio });
    }
  }
}

export class GrpcRig {
  readonly emulator: Emulator;
  readonly changes: Change[] = [];
  readonly #clients: Client[] = [];
  #front: GrpcFront | undefined;
  #waiting: { readonly isThere: () => boolean; readonly resolve: () => void }[] = [];

  constructor(options: EmulatorOptions = {}, clock: Clock = systemClock) {
    this.emulator = new Emulator(clock, {
      latency: AT_ONCE,
      ...options,
      watch: (change) => {
        this.changes.push(change);
        for (const each of this.#waiting) if (each.isThere()) each.resolve();
        this.#waiting = this.#waiting.filter(({ isThere }) => !isThere());
      },
    });
  }

  static async start(options: EmulatorOptions = {}, clock: Clock = systemClock): Promise<GrpcRig> {
    const rig = new GrpcRig(options, clock);
    rig.#front = await GrpcFront.listen(rig.emulator, clock);
    return rig;
  }

  get front(): GrpcFront {
    if (this.#front === undefined) throw new Error('the rig has not started');
    return this.#front;
  }

  /** A client with its own connection. */
  client(version: Version): Client {
    const options = {
      apiEndpoint: '127.0.0.1',
      port: this.front.port,
      sslCreds: credentials.createInsecure(),
      projectId: 'p',
      clientOptions: { universeDomain: 'googleapis.com' },
      'grpc.use_local_subchannel_pool': 1,
    };
    const client = version === 'v1' ? new v1.SpeechClient(options) : new v2.SpeechClient(options);
    this.#clients.push(client);
    return client;
  }

  /** Opens a call and writes its first message. The client connects first when it is new. */
  async open(
    version: Version,
    client: Client = this.client(version),
    request: object = requestFor(version),
  ): Promise<ClientCall> {
    await client.initialize();
    const call = new ClientCall(client._streamingRecognize({ timeout: 320_000 }), version);
    call.stream.write(request);
    return call;
  }

  /** Resolves when the emulator has seen what is asked for. */
  until(isThere: () => boolean): Promise<void> {
    if (isThere()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isThere, resolve }));
  }

  /** Resolves when this has happened to `count` streams. */
  seen(what: Change['what'], count = 1): Promise<void> {
    return this.until(() => this.changes.filter((change) => change.what === what).length >= count);
  }

  async close(): Promise<void> {
    await this.front.close();
    for (const client of this.#clients) await client.close();
  }
}
