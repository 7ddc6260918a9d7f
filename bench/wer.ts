/**
 * WER: how many words of a transcript are wrong, of those that were said.
 *
 * Case and punctuation don't count, numbers are spelt out, so that "1066." and "one thousand sixty
 * six" are the same four words.
 */

const ONES = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ' +
  'sixteen seventeen eighteen nineteen'
).split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES = [
  [1_000_000_000, 'billion'],
  [1_000_000, 'million'],
  [1_000, 'thousand'],
  [100, 'hundred'],
] as const;

/** The words of a number from 0 to 999,999,999,999. */
export function spell(number: number): string[] {
  for (const [scale, name] of SCALES) {
    if (number < scale) continue;
    const rest = number % scale;
    return [...spell(Math.floor(number / scale)), name, ...(rest > 0 ? spell(rest) : [])];
  }
  if (number < ONES.length) return [ONES[number] ?? ''];
  const ten = TENS[Math.floor(number / 10) - 2] ?? '';
  return number % 10 === 0 ? [ten] : [ten, ...spell(number % 10)];
}

export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/(\d),(?=\d{3})/g, '$1')
    .replace(/[’']/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 0)
    .flatMap((word) => (/^\d{1,12}$/.test(word) ? spell(Number(word)) : [word]));
}

export interface Errors {
  readonly wrong: number;
  /** Words that were said. */
  readonly said: number;
}

/** Words to insert, delete or replace to make what was heard what was said. */
export function compare(said: string, heard: string): Errors {
  const expected = wordsOf(said);
  let row = Array.from({ length: expected.length + 1 }, (_, n) => n);
  for (const [i, word] of wordsOf(heard).entries()) {
    const above = row;
    row = [i + 1];
    for (const [j, other] of expected.entries()) {
      const replaced = (above[j] ?? 0) + (word === other ? 0 : 1);
      row.push(Math.min(replaced, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
  }
  return { wrong: row[expected.length] ?? 0, said: expected.length };
}
