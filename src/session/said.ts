/**
 * Said: the words that a final ended with, by short names (pure).
 *
 * A stream that hears again what was settled last may say them again, in another process too. So a token
 * carries them: as names, which are no words.
 */

/** The last one last. */
export type Said = readonly string[];

/** So many words fit into what two streams hear around a seam. */
const WORDS_MAX = 12;
/** And so many into what another process hears again: 300 ms. */
const CARRIED_MAX = 4;
const NOTHING = '-';
const PLAIN = /^[a-z0-9]+$/;
/** One for all sessions, most of which begin with nothing. */
const NOTHING_SAID: Said = [];

export function saidOf(text: string): Said {
  return wordsOf(text).slice(-WORDS_MAX).map(nameOf);
}

/** How many of the first `words` are those that were said last. */
export function repeated(words: readonly string[], said: Said): number {
  const names = words.slice(0, said.length).map(nameOf);
  const isSaid = (count: number): boolean =>
    said.slice(-count).every((name, at) => name === names[at]);
  const counts = said.map((_, at) => said.length - at);
  return counts.find(isSaid) ?? 0;
}

/** As a ticket has it. */
export function carriedOf(said: Said): string {
  return said.slice(-CARRIED_MAX).join('-') || NOTHING;
}

export function saidBy(carried: string): Said {
  if (carried === '') return NOTHING_SAID;
  return carried.split('-').filter((name) => name !== '');
}

export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** FNV-1a, 32 bits. Recognizers write the same word with a capital or a full stop, or without. */
function nameOf(word: string): string {
  let hash = 0x811c9dc5;
  // Most words are plain, and most finals have a dozen.
  const letters = PLAIN.test(word) ? word : word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  for (const letter of letters) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}
