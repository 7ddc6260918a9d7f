import { describe, expect, it } from 'vitest';
import { read } from '../../../src/speech/google/response.ts';

const at = (seconds: string, nanos = 0) => ({ seconds, nanos });
const NOTHING = {
  finals: [],
  interim: undefined,
  activity: undefined,
  billedMs: undefined,
  failure: undefined,
};

describe('read()', () => {
  it('joins all that is not final to one live line, with the least stability that is set', () => {
    const tail = (transcript: string, stability: number, seconds: string) => ({
      alternatives: [{ transcript, confidence: 0, words: [] }],
      isFinal: false,
      stability,
      resultEndTime: at(seconds),
    });
    const { interim, finals } = read(
      { results: [tail(' so far', 0.899999976, '1'), tail(' so good', 0.01, '2')] },
      16_000,
    );
    expect(interim).toEqual({ text: 'so far so good', end: 32_000, stability: 0.01 });
    expect(finals).toEqual([]);
    expect(read({ results: [tail('so', 0, '1')] }, 16_000).interim).toEqual({
      text: 'so',
      end: 16_000,
    });
  });

  it('reads a final of v1, its words and other readings, in samples', () => {
    const word = {
      word: 'hi',
      startTime: at('1', 500_000_000),
      endTime: at('2'),
      confidence: 0.95,
    };
    const final = {
      alternatives: [
        { transcript: ' hi', confidence: Math.fround(0.95), words: [word] },
        { transcript: ' high', confidence: 0, words: [] },
      ],
      isFinal: true,
      stability: 0,
      resultEndTime: at('2', 10_000_000),
      languageCode: 'en-us',
    };
    expect(read({ results: [final] }, 8_000)).toEqual({
      ...NOTHING,
      finals: [
        {
          text: 'hi',
          confidence: 0.95,
          end: 16_080,
          words: [{ text: 'hi', from: 12_000, end: 16_000, confidence: 0.95 }],
          others: [{ text: 'high' }],
          language: 'en-us',
        },
      ],
    });
  });

  it('reads a final of v2 and the interim behind it', () => {
    const results = [
      {
        alternatives: [
          { transcript: 'a', words: [{ word: 'a', startOffset: at('0'), endOffset: at('1') }] },
        ],
        isFinal: true,
        resultEndOffset: at('1'),
      },
      { alternatives: [{ transcript: ' b' }], isFinal: false, resultEndOffset: at('3') },
    ];
    const { finals, interim } = read({ results, metadata: { totalBilledDuration: null } }, 1_000);
    expect(finals).toMatchObject([{ text: 'a', end: 1_000, words: [{ from: 0, end: 1_000 }] }]);
    expect(interim).toEqual({ text: 'b', end: 3_000 });
  });

  it.each([
    [{ speechEventType: 'SPEECH_ACTIVITY_BEGIN', speechEventTime: at('1') }, 'begin', 1_000],
    [{ speechEventType: 'SPEECH_ACTIVITY_END', speechEventOffset: at('2') }, 'end', 2_000],
    [{ speechEventType: 'SPEECH_ACTIVITY_END', speechEventTime: null }, 'end', undefined],
  ])('reads the speech event %j', (response, event, place) => {
    expect(read(response, 1_000)).toEqual({ ...NOTHING, activity: { event, place } });
  });

  it('reads what is billed, of both versions, and a failure inside a response', () => {
    expect(read({ totalBilledTime: at('15') }, 8_000).billedMs).toBe(15_000);
    const metadata = { totalBilledDuration: at('3', 5e8) };
    expect(read({ metadata }, 8_000).billedMs).toBe(3_500);
    expect(read({ error: { code: 11, message: 'too long' } }, 8_000).failure).toEqual({
      code: 11,
      text: 'too long',
    });
  });

  it.each([
    [{}],
    [{ results: null, error: null, speechEventType: 'SPEECH_EVENT_UNSPECIFIED' }],
    [{ results: [{ alternatives: [], isFinal: false }] }],
    [{ results: [{}], metadata: null, totalBilledTime: null }],
  ])('finds nothing in %j', (response) => {
    expect(read(response, 8_000)).toEqual(NOTHING);
  });

  it('has no place for a final without a time', () => {
    const { finals } = read({ results: [{ isFinal: true, resultEndTime: null }] }, 8_000);
    expect(finals).toEqual([
      { text: '', end: undefined, words: [], others: [], language: undefined },
    ]);
  });
});
