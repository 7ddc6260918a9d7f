import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ended } from './emulator.ts';
import { VERSIONS } from './limits.ts';
import { randomOf } from './random.ts';
import type { Response } from './response.ts';
import { finalsOf, RATE, Rig, requestFor } from './rig.ts';
import { chatter, linear16, mulaw, speak, take } from './voice.ts';

/** Three words, a breath, two words, and half a second that is too short for a final. */
const PLAN = [
  { number: 11, ms: 200, pauseMs: 300 },
  { number: 12, ms: 300, pauseMs: 50 },
  { number: 13, ms: 250, pauseMs: 0 },
  { number: 14, ms: 400, pauseMs: 900 },
  { number: 15, ms: 150, pauseMs: 100 },
];
const SPEECH = () => speak(PLAN, RATE, 400);

/** Results as lists of `text` (final) and `~text` (interim). */
function script(messages: readonly Response[]): string[] {
  return messages.flatMap((message) => {
    if (message.results.length === 0) return [message.speechEventType];
    const parts = message.results.map(
      ({ isFinal, alternatives }) => `${isFinal ? '' : '~'}${alternatives[0]?.transcript}`,
    );
    return [parts.join('|')];
  });
}

describe.each(VERSIONS)('a stream of %s', (version) => {
  it('says interims while it hears, finals at pauses, and the tail after the half-close', async () => {
    const rig = new Rig();
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH().samples);
    expect(finalsOf(heard.messages)).toEqual(['11 12 13']);
    call.halfClose();
    expect(heard.end).toBeUndefined();
    await rig.clock.advance(1_000);
    const none = version === 'v1' ? 'SPEECH_EVENT_UNSPECIFIED' : 'SPEECH_EVENT_TYPE_UNSPECIFIED';
    expect(script(heard.messages)).toEqual([
      'SPEECH_ACTIVITY_BEGIN',
      '~11',
      '~11 12',
      '~11 12 13',
      'SPEECH_ACTIVITY_END',
      '~11|~ 12 13',
      '11 12 13',
      'SPEECH_ACTIVITY_BEGIN',
      '~ 14',
      '~ 14 15',
      'SPEECH_ACTIVITY_END',
      ' 14 15',
      none,
    ]);
    expect(heard.ends).toHaveLength(1);
    expect(heard.end).toEqual({ code: 0, text: '' });
  });

  it('is told as it ends, with the first word it heard whole and where that began', async () => {
    const log: Ended[] = [];
    const rig = new Rig({ log: (ended) => log.push(ended) });
    const { call } = rig.open(version);
    await rig.speak(call, SPEECH().samples.subarray((RATE * 400) / 1000));
    call.halfClose();
    await rig.clock.advance(1_000);
    const firstWord = { number: 12, atMs: 150 };
    expect(log).toEqual([{ nth: 1, how: 'OK', openMs: 2_950, audioMs: 2_650, firstWord }]);
  });

  it("gives the times of words, results and events from the stream's first sample", async () => {
    const rig = new Rig();
    const { call, heard } = rig.open(version);
    const { samples, words } = SPEECH();
    await rig.speak(call, samples);
    call.halfClose();
    await rig.clock.advance(1_000);
    const ms = ({ seconds, nanos }: { seconds: string; nanos: number }): number =>
      Number(seconds) * 1000 + nanos / 1e6;
    const times = heard.messages.flatMap((message) =>
      'requestId' in message
        ? message.results.flatMap(({ alternatives }) =>
            (alternatives[0]?.words ?? []).map(({ word, startTime, endTime }) => [
              Number(word),
              startTime === null ? -1 : ms(startTime),
              endTime === null ? -1 : ms(endTime),
            ]),
          )
        : message.results.flatMap(({ alternatives }) =>
            (alternatives[0]?.words ?? []).map(({ word, startOffset, endOffset }) => [
              Number(word),
              startOffset === null ? -1 : ms(startOffset),
              endOffset === null ? -1 : ms(endOffset),
            ]),
          ),
    );
    expect(times).toEqual(
      words.map(({ number, startSample, endSample }) => [number, startSample / 8, endSample / 8]),
    );
    const offsets = heard.messages.flatMap((message) => {
      const at = 'requestId' in message ? message.speechEventTime : message.speechEventOffset;
      return at === null ? [] : [ms(at)];
    });
    // Begins at the sound, ends 300 ms after it; the last where the audio ended.
    expect(offsets).toEqual([300, 1_400, 2_000, 2_950]);
  });

  it('gives finals without words where it plays a model that has no times for them', async () => {
    const rig = new Rig({ wordTimes: false });
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH().samples);
    call.halfClose();
    await rig.clock.advance(1_000);
    expect(heard.said).toHaveLength(SPEECH().words.length);
    expect(JSON.stringify(heard.messages)).toContain('"words":[]');
    expect(JSON.stringify(heard.messages)).not.toMatch(/"words":\[\{/);
  });

  it('answers nothing at all to silence, nor to words it has only in part', async () => {
    const rig = new Rig();
    const silent = requestFor(version);
    const { call, heard } = rig.open(version, silent);
    await rig.silence(call, 3_000);
    expect(heard.messages).toEqual([]);
    const { samples, words } = SPEECH();
    await rig.speak(call, samples.subarray(0, (words[0]?.endSample ?? 0) - 1));
    await rig.silence(call, 2_000);
    expect(script(heard.messages)).toEqual(['SPEECH_ACTIVITY_BEGIN', 'SPEECH_ACTIVITY_END']);
    call.halfClose();
    await rig.clock.advance(1_000);
    expect(heard.said).toEqual([]);
    expect(heard.end?.code).toBe(0);
  });

  it('gives the billed time in its last response only, every begun second', async () => {
    const rig = new Rig();
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH().samples); // 3,050 ms
    call.halfClose();
    await rig.clock.advance(1_000);
    const billed = heard.messages.map((message) =>
      'requestId' in message ? message.totalBilledTime : message.metadata.totalBilledDuration,
    );
    expect(billed.slice(0, -1).every((each) => each === null)).toBe(true);
    expect(billed.at(-1)).toEqual({ seconds: '4', nanos: 0 });
    expect(rig.emulator.report().billedMs).toBe(4_000);
  });

  it('calls nothing back inside a call', async () => {
    const rig = new Rig({ latency: { interimMs: 0, finalMs: 0, activityMs: 0, tailMs: 0 } });
    const { call, heard } = rig.open(version);
    call.write(linear16(SPEECH().samples.subarray(0, 8_000)));
    call.halfClose();
    expect(heard.messages).toEqual([]);
    await rig.clock.advance(1_000);
    expect(heard.said).toEqual([11, 12]);
    const other = rig.open(version, {});
    other.call.cancel();
    expect(other.heard.end).toBeUndefined();
    await rig.clock.advance(1_000);
    expect(other.heard.end).toEqual({ code: 1, text: 'Cancelled on client' });
  });

  it('leaves no timer behind, however it ends', async () => {
    const rig = new Rig();
    const ended = rig.open(version);
    ended.call.halfClose();
    const cancelled = rig.open(version);
    await rig.silence(cancelled.call, 200);
    cancelled.call.cancel();
    const bad = rig.open(version, {});
    await rig.clock.advance(2_000);
    expect([ended, cancelled, bad].map(({ heard }) => heard.end?.code)).toEqual([0, 1, 3]);
    expect(rig.clock.pending).toBe(0);
    expect(rig.emulator.report().open).toEqual([]);
  });

  it('says nothing after a cancel', async () => {
    const rig = new Rig();
    const { call, heard } = rig.open(version);
    await rig.speak(call, SPEECH().samples);
    const { length } = heard.messages;
    call.cancel();
    call.write(linear16(SPEECH().samples));
    call.halfClose();
    await rig.clock.advance(60_000);
    expect(heard.messages).toHaveLength(length);
    expect(heard.ends).toHaveLength(1);
  });
});

describe('the words of a stream', () => {
  it('are the same, at the same times of audio, however its audio is cut', async () => {
    const { samples } = speak(take(25, chatter(randomOf(3))), RATE, 900);
    const play = async (chunkMs: number): Promise<readonly Response[]> => {
      const rig = new Rig();
      const { call, heard } = rig.open('v1');
      await rig.speak(call, samples, chunkMs);
      call.halfClose();
      await rig.clock.advance(1_000);
      return heard.messages;
    };
    const whole = await play(100);
    expect(finalsOf(whole).join('')).toBe(
      Array.from({ length: 25 }, (_, i) => (i === 0 ? '1' : ` ${i + 1}`)).join(''),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 10, max: 1_500 }), async (chunkMs) => {
        expect(await play(chunkMs)).toEqual(whole);
      }),
      { numRuns: 10 },
    );
  });

  it('are heard over mu-law too', async () => {
    const rig = new Rig();
    const config = { encoding: 'MULAW', sampleRateHertz: RATE, languageCode: 'en-US' };
    const { call, heard } = rig.open('v1', { streamingConfig: { config } });
    call.write(mulaw(SPEECH().samples));
    call.halfClose();
    await rig.clock.advance(1_000);
    expect(heard.said).toEqual([11, 12, 13, 14, 15]);
  });

  it('come in finals alone when interims and events are not asked for', async () => {
    const rig = new Rig();
    const config = { encoding: 'LINEAR16', sampleRateHertz: RATE, languageCode: 'en-US' };
    const { call, heard } = rig.open('v1', { streamingConfig: { config } });
    await rig.speak(call, SPEECH().samples);
    call.halfClose();
    await rig.clock.advance(1_000);
    expect(script(heard.messages)).toEqual(['11 12 13', ' 14 15', 'SPEECH_EVENT_UNSPECIFIED']);
    const words = heard.messages.flatMap(
      ({ results }): readonly object[] => results[0]?.alternatives[0]?.words ?? [],
    );
    expect(words).toEqual([]);
  });

  it('get no final without a pause, for as long as that lasts', async () => {
    const rig = new Rig();
    const { call, heard } = rig.open('v1');
    const plan = take(200, chatter(randomOf(4), { breathEvery: 1_000, gapMs: [0, 100] }));
    await rig.speak(call, speak(plan, RATE).samples);
    expect(finalsOf(heard.messages)).toEqual([]);
    expect(script(heard.messages).at(-1)).toMatch(/^~1 2 3 .*198\|~ 199$/);
    await rig.silence(call, 800);
    expect(heard.said).toEqual(plan.map(({ number }) => number));
  });

  it('get a final with interim tails behind it when a monologue is cut', async () => {
    const rig = new Rig({ manner: { monologueMsMax: 2_000 } });
    const { call, heard } = rig.open('v1');
    const plan = take(30, chatter(randomOf(5), { breathEvery: 1_000, gapMs: [0, 100] }));
    await rig.speak(call, speak(plan, RATE).samples);
    const cuts = heard.messages.filter(({ results }) => results[0]?.isFinal);
    expect(cuts.length).toBeGreaterThan(3);
    for (const { results } of cuts) {
      expect(results.slice(1).map(({ isFinal }) => isFinal)).not.toContain(true);
      expect(results.length).toBeGreaterThan(1);
    }
    call.halfClose();
    await rig.clock.advance(1_000);
    expect(heard.said).toEqual(plan.map(({ number }) => number));
  });

  it('have times as coarse as asked for', async () => {
    const rig = new Rig({ timeStepMs: 100 });
    const { call, heard } = rig.open('v1');
    await rig.speak(call, SPEECH().samples);
    const [first] = heard.messages.filter(({ results }) => results[0]?.isFinal);
    expect(first?.results[0]?.alternatives[0]?.words).toMatchObject([
      {
        word: '11',
        startTime: { seconds: '0', nanos: 3e8 },
        endTime: { seconds: '0', nanos: 5e8 },
      },
      {
        word: '12',
        startTime: { seconds: '0', nanos: 6e8 },
        endTime: { seconds: '0', nanos: 9e8 },
      },
      {
        word: '13',
        startTime: { seconds: '0', nanos: 9e8 },
        endTime: { seconds: '1', nanos: 1e8 },
      },
    ]);
  });

  it('grow in stability', async () => {
    const rig = new Rig();
    const { call, heard } = rig.open('v1');
    await rig.speak(call, SPEECH().samples);
    const stabilities = heard.messages.flatMap(({ results }) =>
      results.map(({ isFinal, stability }) => (isFinal ? 'final' : stability.toFixed(2))),
    );
    expect(stabilities).toEqual(['0.01', '0.01', '0.01', '0.90', '0.01', 'final', '0.01', '0.01']);
  });
});
