import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtUrl } from '../src/built.ts';

describe('builtUrl()', () => {
  it('leads from the sources to what the build has made', () => {
    const url = builtUrl('src/built.js');
    expect(url.pathname).toMatch(/\/dist\/src\/built\.js$/);
    expect(existsSync(url)).toBe(true);
  });

  it('leads from the compiled code to the same place', async () => {
    const compiled = builtUrl('src/built.js').href;
    const { builtUrl: compiledUrl } = (await import(compiled)) as { builtUrl: typeof builtUrl };
    expect(compiledUrl('models/').href).toBe(builtUrl('models/').href);
  });
});
