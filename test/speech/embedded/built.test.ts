import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtUrl } from '../../../src/speech/embedded/built.ts';

describe('builtUrl()', () => {
  it('leads from the sources to what the build has made', () => {
    const url = builtUrl('src/speech/embedded/built.js');
    expect(url.pathname).toMatch(/\/dist\/src\/speech\/embedded\/built\.js$/);
    expect(existsSync(url)).toBe(true);
  });

  it('leads from the compiled code to the same place', async () => {
    const compiled = builtUrl('src/speech/embedded/built.js').href;
    const { builtUrl: compiledUrl } = (await import(compiled)) as { builtUrl: typeof builtUrl };
    expect(compiledUrl('models/').href).toBe(builtUrl('models/').href);
  });
});
