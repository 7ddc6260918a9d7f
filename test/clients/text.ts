/**
 * Text: the smallest clients as clients/README.md has them.
 */
import { readFileSync } from 'node:fs';

/** The one block of code of this language. */
export function textIn(language: string): string {
  const path = new URL('../../clients/README.md', import.meta.url);
  const blocks = Array.from(
    readFileSync(path, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm),
    ([, name, text = '']) => ({ name, text }),
  ).filter(({ name }) => name === language);
  const [block] = blocks;
  if (block === undefined || blocks.length > 1) {
    throw new Error(`clients/README.md has ${blocks.length} blocks of ${language}, expected one`);
  }
  return block.text;
}
