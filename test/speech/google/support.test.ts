import { describe, expect, it } from 'vitest';
import { supportOf } from '../../../src/speech/google/support.ts';
import { CONFIG } from './rigs.ts';

const phrases = (count: number, length = 5) =>
  Array.from({ length: count }, () => ({ text: 'x'.repeat(length), boost: 0 }));

const V1 = { version: 'v1', model: undefined } as const;

describe('supportOf()', () => {
  it('accepts whatever the wire lets through', () => {
    const config = {
      ...CONFIG,
      encoding: 'MULAW' as const,
      languages: ['de-DE', 'fr-FR', 'en-US', 'it-IT'],
      alternatives: 30,
      phrases: phrases(500, 100),
      model: 'latest_long',
    };
    for (const version of ['v1', 'v2'] as const) {
      expect(supportOf({ ...V1, version }, config)).toEqual({ ignored: [] });
    }
  });

  it.each([
    ['languages', { languages: ['a', 'b', 'c', 'd', 'e'] }],
    ['phrases', { phrases: phrases(5_001) }],
    ['phrases', { phrases: phrases(1, 101) }],
    ['model', { model: 'long/../../x' }],
  ])('refuses %s beyond what Google takes, by name', (field, part) => {
    expect(supportOf(V1, { ...CONFIG, ...part })).toMatchObject({ refused: { field } });
  });

  it('knows that v2 takes fewer phrases', () => {
    const config = { ...CONFIG, phrases: phrases(1_201) };
    expect(supportOf(V1, config)).toEqual({ ignored: [] });
    expect(supportOf({ ...V1, version: 'v2' }, config)).toMatchObject({
      refused: { field: 'phrases' },
    });
  });

  it('ignores more readings than Google gives', () => {
    expect(supportOf(V1, { ...CONFIG, alternatives: 31 })).toMatchObject({
      ignored: [{ field: 'alternatives' }],
    });
  });

  it('ignores words where the model, of the session or of the settings, refuses to be asked', () => {
    const chirp = { ...CONFIG, model: 'chirp_3' };
    expect(supportOf(V1, chirp)).toMatchObject({ ignored: [{ field: 'words' }] });
    expect(supportOf(V1, { ...chirp, words: false })).toEqual({ ignored: [] });
    const account = { version: 'v2', model: 'chirp_3' } as const;
    expect(supportOf(account, CONFIG)).toMatchObject({ ignored: [{ field: 'words' }] });
    expect(supportOf(account, { ...CONFIG, model: 'long' })).toEqual({ ignored: [] });
  });
});
