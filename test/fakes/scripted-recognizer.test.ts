import { describe, expect, it } from 'vitest';
import type { SpeechConfig, StreamFault } from '../../src/speech/recognizer.ts';
import type { Rig } from '../recognizer.contract.ts';
import { recognizerContract } from '../recognizer.contract.ts';
import { FakeClock } from './fake-clock.ts';
import { RecordedStream } from './recorded-stream.ts';
import type { ScriptedOptions, StreamScript } from './scripted-recognizer.ts';
import { ScriptedRecognizer } from './scripted-recognizer.ts';

const RATE = 16_000;
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
const FAULT: StreamFault = { kind: 'transient', message: 'cut off' };

const silence = (ms: number): Uint8Array => new Uint8Array((2 * RATE * ms) / 1000);
const voice = (ms: number): Uint8Array => silence(ms).fill(1);

interface ScriptedRig extends Rig {
  readonly clock: FakeClock;
  readonly recognizer: ScriptedRecognizer;
}

function newRig(options: ScriptedOptions = {}): ScriptedRig {
  const clock = new FakeClock();
  const recognizer = new ScriptedRecognizer(clock, { latencyMs: 20, ...options });
  const utterance = Buffer.concat([voice(2_000), silence(800)]);
  return {
    clock,
    recognizer,
    config: CONFIG,
    speech: (utterances) => Buffer.concat(new Array<Uint8Array>(utterances).fill(utterance)),
    silence,
    async until(condition) {
      for (let turns = 0; !condition() && turns < 1_000; turns += 1) await clock.advance(10);
      expect(condition()).toBe(true);
    },
    settle: () => clock.advance(10_000),
    close: () => recognizer.close(),
  };
}

recognizerContract('the scripted recognizer', newRig);

describe('ScriptedRecognizer', () => {
  const scripted = (script: StreamScript) => {
    const rig = newRig({ script: (number) => (number === 1 ? script : {}) });
    return { ...rig, stream: new RecordedStream(rig.recognizer, CONFIG) };
  };

  it('names finals over all streams, and gives an interim each 500 ms', async () => {
    const { recognizer, clock } = newRig();
    const one = new RecordedStream(recognizer, CONFIG);
    const other = new RecordedStream(recognizer, CONFIG);
    one.write(Buffer.concat([silence(100), voice(1_200), silence(600)]));
    await clock.advance(20);
    other.write(voice(10));
    other.finish();
    await clock.advance(20);
    expect(one.finals).toEqual([{ startSample: 1_600, endSample: 20_800, text: 'w1' }]);
    expect(one.interims.map(({ text }) => text)).toEqual(['500 ms', '1000 ms']);
    expect(one.settled).toBe(30_400);
    expect(other.texts).toEqual(['w2']);
  });

  it('says nothing before its latency has passed', async () => {
    const { recognizer, clock } = newRig({ latencyMs: 300 });
    const stream = new RecordedStream(recognizer, CONFIG);
    stream.write(silence(100));
    await clock.advance(299);
    expect(stream.settled).toBe(0);
    await clock.advance(1);
    expect(stream.settled).toBe(1_600);
  });

  it('keeps what each stream was written', async () => {
    const { recognizer, clock } = newRig();
    const stream = recognizer.open(CONFIG, new RecordedStream(recognizer, CONFIG));
    stream.write(Uint8Array.of(1, 0, 2, 0));
    stream.write(Uint8Array.of(3, 0));
    stream.endpoint();
    await clock.advance(20);
    expect([...stream.audio]).toEqual([1, 0, 2, 0, 3, 0]);
    expect([stream.bytesWritten, stream.endpoints, stream.state]).toEqual([6, 1, 'open']);
  });

  it('fails one stream at its place, having said what came before', async () => {
    const { stream, clock, recognizer } = scripted({ fail: { atSample: 20_000, fault: FAULT } });
    stream.write(silence(1_000));
    stream.write(silence(1_000));
    stream.finish();
    await clock.advance(20);
    expect(stream.ends).toEqual([FAULT]);
    expect(stream.settled).toBe(16_000);
    const next = new RecordedStream(recognizer, CONFIG);
    next.finish();
    await clock.advance(20);
    expect(next.ends).toEqual([undefined]);
  });

  it('fails a stream that has heard nothing when its place is 0', async () => {
    const { stream, clock } = scripted({ fail: { atSample: 0, fault: FAULT } });
    await clock.advance(20);
    expect(stream.ends).toEqual([FAULT]);
  });

  it('never answers finish() when it hangs', async () => {
    const { stream, clock } = scripted({ hangs: true });
    stream.write(voice(500));
    stream.finish();
    await clock.advance(60_000);
    expect([stream.finals, stream.ends]).toEqual([[], []]);
  });

  it('holds finals until finish() when told to', async () => {
    const { stream, clock } = scripted({ holdsFinals: true });
    stream.write(Buffer.concat([voice(500), silence(5_000), voice(500)]));
    await clock.advance(1_000);
    expect([stream.finals, stream.settled]).toEqual([[], 0]);
    stream.finish();
    await clock.advance(20);
    expect(stream.finals).toEqual([{ startSample: 0, endSample: 96_000, text: 'w1' }]);
  });

  it('answers write() with false until the test drains it', async () => {
    const { stream, clock, recognizer } = scripted({ pressed: true });
    expect(stream.write(silence(10))).toBe(false);
    await clock.advance(1_000);
    expect(stream.drains).toBe(0);
    recognizer.streams[0]?.drain();
    expect([stream.drains, stream.write(silence(10))]).toEqual([1, true]);
  });
});
