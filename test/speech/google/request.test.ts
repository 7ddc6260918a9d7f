import { describe, expect, it } from 'vitest';
import { openingOf } from '../../../src/speech/google/request.ts';
import { GOOGLE_LIMITS, VERSIONS } from '../../emulator/limits.ts';
import { readConfig } from '../../emulator/request.ts';
import { CONFIG } from './rigs.ts';

const ACCOUNT = { project: 'p', location: 'global', model: undefined };
const ASKED = {
  ...CONFIG,
  encoding: 'MULAW' as const,
  sampleRateHertz: 8_000,
  languages: ['de-DE', 'en-US'],
  words: true,
  alternatives: 3,
  profanityFilter: true,
  model: 'telephony',
  phrases: [
    { text: 'Ohrwurm', boost: 0 },
    { text: 'Earshot', boost: 12.5 },
    { text: 'Tape', boost: 12.5 },
  ],
};

describe('openingOf()', () => {
  it('asks v1 for all that a session asked for', () => {
    const { first, headers } = openingOf({ ...ACCOUNT, version: 'v1' }, ASKED);
    expect(headers).toEqual({});
    expect(first).toEqual({
      streamingConfig: {
        config: {
          encoding: 'MULAW',
          sampleRateHertz: 8_000,
          audioChannelCount: 1,
          languageCode: 'de-DE',
          alternativeLanguageCodes: ['en-US'],
          maxAlternatives: 3,
          profanityFilter: true,
          enableWordTimeOffsets: true,
          enableWordConfidence: true,
          enableAutomaticPunctuation: true,
          speechContexts: [{ phrases: ['Ohrwurm'] }, { phrases: ['Earshot', 'Tape'], boost: 12.5 }],
          model: 'telephony',
        },
        interimResults: true,
        enableVoiceActivityEvents: true,
      },
    });
  });

  it('asks v2 for the same, of its recognizer and by its route', () => {
    const account = { ...ACCOUNT, version: 'v2', location: 'eu' } as const;
    const { first, headers } = openingOf(account, ASKED);
    expect(headers).toEqual({
      'x-goog-request-params': 'recognizer=projects%2Fp%2Flocations%2Feu%2Frecognizers%2F_',
    });
    expect(first).toMatchObject({
      recognizer: 'projects/p/locations/eu/recognizers/_',
      streamingConfig: {
        config: {
          explicitDecodingConfig: { encoding: 'MULAW', sampleRateHertz: 8_000 },
          languageCodes: ['de-DE', 'en-US'],
          model: 'telephony',
          features: { maxAlternatives: 3, enableWordTimeOffsets: true, profanityFilter: true },
          adaptation: {
            phraseSets: [
              {
                inlinePhraseSet: {
                  phrases: [
                    { value: 'Ohrwurm' },
                    { value: 'Earshot', boost: 12.5 },
                    { value: 'Tape', boost: 12.5 },
                  ],
                },
              },
            ],
          },
        },
        streamingFeatures: { enableVoiceActivityEvents: true, interimResults: true },
      },
    });
  });

  it('asks for word times and interims though the session wants neither', () => {
    const config = { ...CONFIG, words: false, interim: false };
    for (const version of VERSIONS) {
      const ask = readConfig(
        version,
        openingOf({ ...ACCOUNT, version }, config).first,
        GOOGLE_LIMITS,
      );
      expect(ask).toMatchObject({ interim: true, activity: true, wordTimes: true });
      expect(ask).toMatchObject({ wordConfidence: false });
    }
  });

  it('asks a model for no words that refuses every stream for it', () => {
    for (const version of VERSIONS) {
      const config = { ...CONFIG, model: 'chirp_3' };
      const text = JSON.stringify(openingOf({ ...ACCOUNT, version }, config).first);
      expect(text).toContain('"enableWordTimeOffsets":false,"enableWordConfidence":false');
      const named = openingOf({ ...ACCOUNT, version, model: 'chirp_3' }, CONFIG).first;
      expect(JSON.stringify(named)).toBe(text);
    }
  });

  it('names the model of the session, else of the settings, else the one that v2 demands', () => {
    const modelOf = (account: object, model?: string): string | undefined => {
      const whole = { ...ACCOUNT, version: 'v2' as const, ...account };
      return /"model":"(\w+)"/.exec(JSON.stringify(openingOf(whole, { ...CONFIG, model })))?.[1];
    };
    expect(modelOf({}, 'a')).toBe('a');
    expect(modelOf({ model: 'b' })).toBe('b');
    expect(modelOf({})).toBe('long');
    expect(modelOf({ version: 'v1' })).toBe(undefined);
  });
});
