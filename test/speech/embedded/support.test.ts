import { describe, expect, it } from 'vitest';
import { supportOf } from '../../../src/speech/embedded/support.ts';
import type { SpeechConfig } from '../../../src/speech/recognizer.ts';

const CONFIG: SpeechConfig = {
  encoding: 'LINEAR16',
  sampleRateHertz: 16_000,
  languages: ['en-US'],
  interim: true,
  words: false,
  punctuation: true,
  alternatives: 1,
  profanityFilter: false,
  phrases: [],
  model: undefined,
};

const fieldsIgnored = (part: Partial<SpeechConfig>): string[] | undefined => {
  const support = supportOf({ ...CONFIG, ...part });
  return support.refused === undefined ? support.ignored.map(({ field }) => field) : undefined;
};

describe('supportOf()', () => {
  it.each(['en', 'en-US', 'en-GB', 'EN-in'])('serves %s', (language) => {
    expect(fieldsIgnored({ languages: [language] })).toEqual([]);
  });

  it.each(['de-DE', 'eng', 'es'])('refuses %s by name, and says what is served', (language) => {
    const { refused } = supportOf({ ...CONFIG, languages: [language, 'en-US'] });
    expect(refused?.field).toBe('language');
    expect(refused?.message).toContain(`'${language}'`);
    expect(refused?.message).toContain("'en-US'");
  });

  it('names each field that it ignores, as on the wire', () => {
    const part = {
      words: true,
      phrases: [{ text: 'Earshot', boost: 10 }],
      alternatives: 2,
      profanityFilter: true,
      punctuation: false,
      model: 'latest_long',
    };
    const fields = ['words', 'phrases', 'alternatives', 'profanityFilter', 'punctuation', 'model'];
    expect(fieldsIgnored(part)).toEqual(fields);
  });

  it('knows its model by name', () => {
    expect(fieldsIgnored({ model: 'moonshine-tiny' })).toEqual([]);
  });
});
