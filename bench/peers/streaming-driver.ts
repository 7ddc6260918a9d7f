/**
 * Streaming driver: a driver on Google's stream helper, streamingRecognize(), as its samples have it.
 *
 * A peer, and no choice: its wrappings cost twice a raw call, and destroy() leaves a call open.
 */
import { v1 } from '@google-cloud/speech';
import { credentials } from '@grpc/grpc-js';
import type { Driver, DriverCall, DriverEvents, Opening } from '../../src/speech/google/driver.ts';

const DEADLINE_MS = 320_000;

export class StreamingDriver implements Driver {
  readonly #client: v1.SpeechClient;

  constructor(port: number) {
    this.#client = new v1.SpeechClient({
      apiEndpoint: '127.0.0.1',
      port,
      sslCreds: credentials.createInsecure(),
      projectId: 'p',
      clientOptions: { universeDomain: 'googleapis.com' },
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  open({ first }: Opening, events: DriverEvents): DriverCall {
    const { streamingConfig } = first as { streamingConfig: object };
    const stream = this.#client.streamingRecognize(streamingConfig, { timeout: DEADLINE_MS });
    let state: 'open' | 'over' = 'open';
    const end = (code: number, text: string): void => {
      if (state === 'over') return;
      state = 'over';
      events.onEnd(code, text);
    };
    stream.on('data', (response: object) => {
      if (state === 'open') events.onMessage(response);
    });
    stream.on('error', (error: Error & { code?: number }) => end(error.code ?? -1, error.message));
    stream.on('end', () => end(0, ''));
    return {
      write: (audio) => {
        if (state === 'over') return;
        const own = Buffer.from(audio);
        stream.write(own, () => {
          if (state === 'open') events.onTaken(own.byteLength);
        });
      },
      halfClose: () => {
        if (state === 'open') stream.end();
      },
      cancel: () => {
        state = 'over';
        stream.destroy();
      },
    };
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
