import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { EarshotError } from '../../../src/errors.ts';
import { MODELS_DIR } from '../../../src/speech/embedded/models.ts';
import { EmbeddedRecognizer } from '../../../src/speech/embedded/recognizer.ts';
import type { SpeechConfig } from '../../../src/speech/recognizer.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { RecordedStream } from '../../fakes/recorded-stream.ts';
import type { Rig } from '../../recognizer.contract.ts';
import { recognizerContract } from '../../recognizer.contract.ts';
import { CLIPS, clip, plain, RATE, silence } from './recorded-speech.ts';

const CONFIG: SpeechConfig = {
  encoding: 'LINEAR16',
  sampleRateHertz: RATE,
  languages: ['en-US'],
  interim: true,
  words: false,
  punctuation: true,
  alternatives: 1,
  profanityFilter: false,
  phrases: [],
  model: undefined,
};

/** Lets the thread's messages in until `condition` holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition())
    await new Promise((resolve) => systemClock.after(5, () => resolve(undefined)));
}

function newRig(): Rig & { speech(utterances: number): Uint8Array } {
  const recognizer = new EmbeddedRecognizer({ clock: systemClock, modelsDir: MODELS_DIR });
  const utterance = Buffer.concat([clip('short'), silence(1_000)]);
  return {
    recognizer,
    config: CONFIG,
    speech: (utterances) => Buffer.concat(new Array<Uint8Array>(utterances).fill(utterance)),
    silence,
    until,
    // A stream that is opened later, with more to take and as much to decode, ends after the other.
    async settle({ written }) {
      const probe = new RecordedStream(recognizer, CONFIG);
      probe.write(Buffer.concat([silence((written * 1_000) / RATE), utterance]));
      probe.finish();
      await until(() => probe.ends.length > 0);
    },
    close: () => recognizer.close(),
  };
}

recognizerContract('the embedded recognizer', newRig);

/** A thread that knows no speech; `body` runs for each message. */
const fakeThread = (body: string): URL =>
  new URL(`data:text/javascript,import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (message) => {
      if (message.type === 'close') parentPort.close();
      ${body}
    });
    parentPort.postMessage({ type: 'ready' });`);

describe('EmbeddedRecognizer', () => {
  let rig: ReturnType<typeof newRig>;
  beforeAll(() => {
    rig = newRig();
  });
  afterAll(() => rig.close());

  async function hear(audio: Uint8Array, part: Partial<SpeechConfig>): Promise<RecordedStream> {
    const stream = new RecordedStream(rig.recognizer, { ...CONFIG, ...part });
    stream.write(audio);
    stream.finish();
    await until(() => stream.ends.length > 0);
    expect(stream.violations).toEqual([]);
    expect(stream.settled).toBe(stream.written);
    return stream;
  }

  it('transcribes a sentence', async () => {
    const { texts } = await hear(clip('long'), {});
    expect(plain(texts.join(' '))).toBe(CLIPS.long.text);
  });

  it.each([8_000, 11_025, 44_100, 48_000])(
    'transcribes audio of %i Hz and settles its last sample',
    async (rate) => {
      const { texts } = await hear(resampled(clip('short'), rate), { sampleRateHertz: rate });
      expect(plain(texts.join(' '))).toBe(CLIPS.short.text);
    },
  );

  it('hears speech that is very quiet', async () => {
    const audio = clip('short');
    const view = new Int16Array(audio.slice().buffer).map((sample) => sample / 30);
    const { texts } = await hear(new Uint8Array(view.buffer), {});
    expect(plain(texts.join(' '))).toBe(CLIPS.short.text);
  });

  it('settles noise without words as silence', async () => {
    const noise = new Int16Array(3 * RATE).map((_, i) => ((i * 7_919) % 201) - 100);
    const { texts } = await hear(new Uint8Array(noise.buffer), {});
    expect(texts).toEqual([]);
  });
});

const CLOSE_MS = 5_000;

describe('EmbeddedRecognizer with a thread in trouble', () => {
  const recognizerOn = (threadUrl: URL, clock = new FakeClock(), modelsDir = MODELS_DIR) => {
    const recognizer = new EmbeddedRecognizer({
      clock,
      modelsDir,
      threadUrl,
      closeMsMax: CLOSE_MS,
    });
    return { clock, recognizer };
  };
  const throwing = fakeThread('throw new Error(message.type)');

  it('ends every stream as transient when the thread throws, and starts another', async () => {
    const { recognizer } = recognizerOn(
      fakeThread("if (message.type === 'audio') throw new Error('broken')"),
    );
    const one = new RecordedStream(recognizer, CONFIG);
    const other = new RecordedStream(recognizer, CONFIG);
    one.write(silence(100));
    await until(() => one.ends.length + other.ends.length === 2);
    const fault = { kind: 'transient', message: expect.stringContaining('broken') };
    expect([one.ends, other.ends]).toEqual([[fault], [fault]]);
    await recognizer.start();
    await recognizer.close();
  });

  it('is unavailable when the thread was started too often within a minute', async () => {
    const { recognizer, clock } = recognizerOn(throwing);
    const kinds: (string | undefined)[] = [];
    const tryOne = async (): Promise<void> => {
      const stream = new RecordedStream(recognizer, CONFIG);
      await clock.advance(1);
      await until(() => stream.ends.length > 0);
      expect(stream.violations).toEqual([]);
      kinds.push(stream.ends[0]?.kind);
    };
    for (let i = 0; i < 4; i += 1) await tryOne();
    await clock.advance(60_000);
    await tryOne();
    expect(kinds).toEqual(['transient', 'transient', 'transient', 'unavailable', 'transient']);
    await recognizer.close();
  });

  it('ends a stream whose decode failed, and only that one', async () => {
    const thread = fakeThread(
      "if (message.type === 'audio') parentPort.postMessage({ type: 'end', id: message.id, fault: 'a decode failed' })",
    );
    const { recognizer } = recognizerOn(thread);
    const idle = new RecordedStream(recognizer, CONFIG);
    const failed = new RecordedStream(recognizer, CONFIG);
    failed.write(silence(100));
    await until(() => failed.ends.length > 0);
    expect(failed.ends).toEqual([{ kind: 'transient', message: 'a decode failed' }]);
    expect(idle.ends).toEqual([]);
    await recognizer.close();
  });

  it('gives up on a thread that hangs at close()', async () => {
    const hanging = new URL('data:text/javascript,setInterval(() => undefined, 1000)');
    const { recognizer, clock } = recognizerOn(hanging);
    const stream = new RecordedStream(recognizer, CONFIG);
    let isClosed = false;
    const closed = recognizer.close().then(() => {
      isClosed = true;
    });
    await clock.advance(CLOSE_MS - 1);
    expect([isClosed, stream.ends.length]).toEqual([false, 1]);
    await clock.advance(1);
    await closed;
  });

  it('refuses to start, and serves nothing, when a model is missing', async () => {
    const built = new URL('dist/src/speech/embedded/thread.js', `file://${process.cwd()}/`);
    const { recognizer } = recognizerOn(built, new FakeClock(), '/nowhere');
    const stream = new RecordedStream(recognizer, CONFIG);
    const error = await recognizer.start().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EarshotError);
    expect(error).toMatchObject({ code: 'model_invalid', blame: 'edge' });
    expect(error).toMatchObject({
      message: expect.stringContaining('/nowhere/silero.onnx is missing'),
    });
    expect(stream.ends).toEqual([expect.objectContaining({ kind: 'unavailable' })]);
    await recognizer.close();
  });
});

/** By the nearest sample: enough for speech to stay speech. */
function resampled(audio: Uint8Array, rate: number): Uint8Array {
  const from = new Int16Array(audio.slice().buffer);
  const to = new Int16Array(Math.floor((from.length * rate) / RATE));
  for (let i = 0; i < to.length; i += 1) to[i] = from[Math.floor((i * RATE) / rate)] ?? 0;
  return new Uint8Array(to.buffer);
}
