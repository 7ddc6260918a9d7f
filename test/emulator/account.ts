/**
 * Account: which words of a voice were lost, doubled or swapped on the way (pure).
 */

interface Numbered {
  readonly number: number;
}

/** The words that didn't arrive once and in their place; all empty when every one did. */
export interface Account<W extends Numbered> {
  readonly lost: readonly W[];
  /** Numbers heard again, each further time. */
  readonly doubled: readonly number[];
  /** Numbers first heard after one that was spoken later. */
  readonly swapped: readonly number[];
  /** Numbers that nobody spoke. */
  readonly strange: readonly number[];
}

/** Holds what was `heard`, in the order it came, against what was `spoken`; each number is spoken once. */
export function accountOf<W extends Numbered>(
  spoken: readonly W[],
  heard: readonly number[],
): Account<W> {
  const places = new Map(spoken.map(({ number }, place) => [number, place]));
  const seen = new Set<number>();
  const doubled: number[] = [];
  const swapped: number[] = [];
  const strange: number[] = [];
  let last = -1;
  for (const number of heard) {
    const place = places.get(number);
    if (place === undefined) strange.push(number);
    else if (seen.has(number)) doubled.push(number);
    else if (place < last) swapped.push(number);
    seen.add(number);
    last = Math.max(last, place ?? last);
  }
  const lost = spoken.filter(({ number }) => !seen.has(number));
  return { lost, doubled, swapped, strange };
}
