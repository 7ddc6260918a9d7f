/**
 * HandRecognizer: streams whose results a test says by hand.
 */
import type {
  Recognizer,
  RecognizerStream,
  SpeechConfig,
  StreamEvents,
  Support,
} from '../../src/speech/recognizer.ts';

export class HandStream implements RecognizerStream {
  /** What the stream says goes in here. */
  readonly say: StreamEvents;
  readonly chunks: Uint8Array[] = [];
  /** What was called other than write(), in order. */
  readonly calls: string[] = [];
  /** What write() answers. */
  wantsMore = true;

  constructor(events: StreamEvents) {
    this.say = events;
  }

  write(chunk: Uint8Array): boolean {
    this.chunks.push(Uint8Array.from(chunk));
    return this.wantsMore;
  }

  endpoint(): void {
    this.calls.push('endpoint');
  }

  finish(): void {
    this.calls.push('finish');
  }

  abort(): void {
    this.calls.push('abort');
  }
}

export class HandRecognizer implements Recognizer {
  readonly name = 'hand';
  readonly slotsDefault = 100;
  readonly streams: HandStream[] = [];

  /** The one opened last. */
  get stream(): HandStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('no stream was opened');
    return stream;
  }

  supports(): Support {
    return { ignored: [] };
  }

  open(_config: SpeechConfig, events: StreamEvents): HandStream {
    const stream = new HandStream(events);
    this.streams.push(stream);
    return stream;
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}
