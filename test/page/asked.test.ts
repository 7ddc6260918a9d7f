import { describe, expect, it } from 'vitest';
import { askedOf } from '../../src/page/asked.ts';
import { parseMessage } from '../../src/wire/message.ts';

const FORM = { interim: true, punctuation: true, words: false, processed: true };

describe('askedOf()', () => {
  it('says nothing that is so anyway', () => {
    expect(askedOf({ ...FORM, language: '', model: '', phrases: '' })).toEqual({
      start: {},
      microphone: { deviceId: undefined, processed: true },
      token: undefined,
    });
  });

  it('says all that differs, as the protocol takes it', () => {
    const phrases = `\n  Barton Park \n${'x'.repeat(200)}`;
    const choices = { language: 'de-DE', model: 'chirp_2', words: true, profanityFilter: true };
    const { start, microphone, token } = askedOf({
      ...{ ...FORM, ...choices, phrases, interim: false, punctuation: false },
      ...{ microphone: 'abc', processed: false, token: 'secret' },
    });
    expect(start).toEqual({
      ...{ ...choices, interim: false, punctuation: false },
      phrases: [{ text: 'Barton Park' }, { text: 'x'.repeat(100) }],
    });
    expect(microphone).toEqual({ deviceId: 'abc', processed: false });
    expect(token).toBe('secret');
    const said = { type: 'start', encoding: 'LINEAR16', sampleRateHertz: 44_100, ...start };
    expect(parseMessage(JSON.stringify(said))).toMatchObject({ type: 'start', model: 'chirp_2' });
  });
});
