/**
 * Talker: a client that speaks test audio at the pace of speech, and keeps the finals with their times.
 *
 * A frame is due when its last sample would have been recorded, whatever the clients' process is up
 * to: one that falls behind doesn't flatter the latencies.
 */
import { connect } from '../src/client/node.ts';
import type { Summary } from '../src/wire/message.ts';
import { randomOf } from '../test/emulator/random.ts';
import type { Chatter, PlacedWord } from '../test/emulator/voice.ts';
import { chatter, linear16, numbersIn, Speaker } from '../test/emulator/voice.ts';
import type { TimedFinal, TimedWord } from './takeovers.ts';

const FRAME_MS = 100;
const RATE = 16_000;

export interface TalkOptions {
  readonly url: string;
  readonly seed: number;
  readonly manner: Partial<Chatter>;
  /** How long to wait before it connects. */
  readonly waitMs: number;
  /** How long to speak: a whole number of frames. */
  readonly ms: number;
}

export interface Talk {
  /** Those that were sent whole. */
  readonly words: readonly TimedWord[];
  readonly finals: readonly TimedFinal[];
  readonly gaps: number;
  /** Or why there is none. */
  readonly summary: Summary | Error;
}

export async function talk({ url, seed, manner, waitMs, ms }: TalkOptions): Promise<Talk> {
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  const finals: TimedFinal[] = [];
  let gaps = 0;
  let startMs = 0;
  let sentMs = 0;
  let state: 'open' | 'ended' = 'open';
  const stream = connect({
    url,
    start: { encoding: 'LINEAR16', sampleRateHertz: RATE },
    onMessage: (message) => {
      const atMs = performance.now() - startMs;
      if (message.type === 'final') finals.push({ atMs, numbers: numbersIn(message.text) });
      if (message.type === 'gap') gaps += 1;
    },
    onEnd: () => {
      state = 'ended';
    },
  });
  const speaker = new Speaker(chatter(randomOf(seed), manner), RATE);
  const speak = async (): Promise<Summary> => {
    await stream.ready();
    startMs = performance.now();
    while (sentMs < ms && state === 'open') {
      const restMs = startMs + sentMs + FRAME_MS - performance.now();
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
      stream.write(linear16(speaker.read((RATE * FRAME_MS) / 1000)));
      sentMs += FRAME_MS;
    }
    return stream.finish();
  };
  const summary = await speak().catch((error: unknown) => new Error(String(error)));
  const words = speaker.words.map(timed).filter(({ endMs }) => endMs <= sentMs);
  return { words, finals, gaps, summary };
}

function timed({ number, startSample, endSample }: PlacedWord): TimedWord {
  return {
    number,
    startMs: (startSample * 1000) / RATE,
    endMs: (endSample * 1000) / RATE,
  };
}
