import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/client/client.ts';
import type { Source } from '../../src/page/source.ts';
import type { TalkEvents } from '../../src/page/talk.ts';
import { Talk } from '../../src/page/talk.ts';
import { Tape } from '../../src/page/tape.ts';
import { Transcript } from '../../src/page/transcript.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const RATE = 16_000;
const SECOND = new Int16Array(RATE);

/** An hour of sound, as fast as it is taken. */
class HourSource implements Source {
  readonly sampleRateHertz = RATE;
  seconds = 0;
  #state: 'running' | 'stopped' = 'running';

  async run(onFrame: (pcm: Int16Array<ArrayBuffer>) => Promise<void> | undefined): Promise<void> {
    while (this.#state === 'running' && this.seconds < 3_600) {
      this.seconds += 1;
      await onFrame(SECOND);
    }
  }

  stop(): void {
    this.#state = 'stopped';
  }
}

class BrokenSource extends HourSource {
  override run(): Promise<void> {
    return Promise.reject(new Error('no device'));
  }
}

const nothing = (): void => undefined;

/** Puts down what a talk says of its end, a word each. */
function eventsOf(said: string[]): TalkEvents {
  return {
    onLoudness: nothing,
    onChapter: nothing,
    onLine: nothing,
    onChange: nothing,
    onSilence: nothing,
    onRefused: nothing,
    onLive: nothing,
    onFinishing: () => said.push('finishing'),
    onBroken: ({ message }) => said.push(`broken: ${message}`),
    onEnd: (why) => said.push(`end: ${why?.code}`),
  };
}

/** A talk with a server that never answers. */
function talkOf(source: Source): { talk: Talk; said: string[]; clock: FakeClock } {
  const clock = new FakeClock();
  const said: string[] = [];
  const open = () => ({ send: () => undefined, close: () => undefined });
  const parts = {
    source,
    tape: new Tape(),
    transcript: new Transcript(),
    url: 'ws://127.0.0.1/v1/stream',
    token: undefined,
    start: {},
    connect: (options: ConstructorParameters<typeof Stream>[0]) =>
      new Stream(options, { clock, random: () => 0, open }),
  };
  return { talk: new Talk(parts, eventsOf(said)), said, clock };
}

describe('Talk', () => {
  it('stops at once though its source waits for the server', async () => {
    const source = new HourSource();
    const { talk, said, clock } = talkOf(source);
    await clock.advance(100);
    expect(source.seconds).toBeLessThan(3_600);
    expect(said).toEqual([]);
    talk.stop();
    await clock.advance(1);
    expect(said).toEqual(['finishing']);
  });

  it('ends, and says why, when its source fails', async () => {
    const { said, clock } = talkOf(new BrokenSource());
    await clock.advance(1);
    expect(said).toEqual(['end: closed', 'broken: no device']);
  });
});
