import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { choose, load } from '../../src/speech/choose.ts';

describe('choose()', () => {
  it('takes the embedded recognizer and says why', () => {
    const auto = choose({ recognizer: 'auto', modelsDir: undefined });
    expect(auto).toMatchObject({ name: 'embedded', why: expect.stringMatching(/no account/) });
    const asked = choose({ recognizer: 'embedded', modelsDir: '/elsewhere' });
    expect(asked).toMatchObject({ modelsDir: '/elsewhere', why: 'EARSHOT_RECOGNIZER says so' });
  });

  it('says what it can do instead of google', () => {
    const wish = { recognizer: 'google', modelsDir: undefined } as const;
    expect(() => choose(wish)).toThrow(
      /EARSHOT_RECOGNIZER is 'google', .*expected auto or embedded/,
    );
  });
});

describe('load()', () => {
  it('fails for a folder without models before anything is loaded', async () => {
    const choice = choose({ recognizer: 'auto', modelsDir: '/no/such/folder' });
    await expect(load(choice, systemClock)).rejects.toThrow(/encoder_model\.onnx is missing/);
  });
});
