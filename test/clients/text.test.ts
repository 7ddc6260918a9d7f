import { describe, expect, it } from 'vitest';
import { textIn } from './text.ts';

/** As the table says; what only closes a block or a tag doesn't count. */
const LINES_MAX = [
  ['python', 15],
  ['html', 15],
  ['kotlin', 20],
] as const;

describe('clients/README.md', () => {
  it.each(LINES_MAX)('has a client in %s of at most %i lines', (language, linesMax) => {
    const lines = textIn(language)
      .split('\n')
      .filter((line) => !/^[\s})\];`]*(?:<\/?script.*>)?$/.test(line));
    expect(lines.length).toBeLessThanOrEqual(linesMax);
    expect(lines.length).toBeGreaterThan(5);
  });
});
