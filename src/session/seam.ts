/**
 * Seam: which words belong to which stream where one takes over from another (pure).
 *
 *   old stream   ...one──two──thr┆ee
 *   new stream              two──┆three──four...
 *                               cut
 *
 * Around a hard cut both hear the same audio. The old one keeps the words that begin before the cut,
 * and hears the one across it to its end. The new one keeps those whose middle lies after the seam:
 * the cut, or the end of the last word that the old one kept, whichever is later. Interims have no
 * word times: those that begin before the seam lose the words that the last final ended with.
 */
import type { FinalResult, InterimResult, Word } from '../speech/recognizer.ts';
import type { Said } from './said.ts';
import { repeated, wordsOf } from './said.ts';

/** The part of a session that a stream's words may come from. Places are session samples. */
export interface Bounds {
  /** The seam to the stream before. */
  readonly seam: number;
  /** Where the next stream takes over; undefined while it is open. */
  readonly cut: number | undefined;
}

/** What of a final belongs to its stream, or undefined when nothing does. */
export function trim(final: FinalResult, bounds: Bounds): FinalResult | undefined {
  const { seam, cut } = bounds;
  const { words } = final;
  if (words === undefined || words.length === 0) return trimWhole(final, bounds);
  const kept = words.filter((word) => middle(word) >= seam && startsBefore(word, cut));
  const last = kept.at(-1);
  if (last === undefined) return undefined;
  const startSample = Math.max(final.startSample, seam);
  const end =
    cut === undefined ? final.endSample : Math.min(final.endSample, Math.max(cut, last.endSample));
  const endSample = Math.max(startSample, end);
  if (kept.length === words.length) return { ...final, startSample, endSample };
  const text = kept.map((word) => word.text).join(' ');
  // The other readings cover the words that went.
  const { alternatives: _, ...rest } = final;
  return { ...rest, text, words: kept, startSample, endSample };
}

/**
 * Where the last word of a final ends that is surely whole, when its stream heard hardly more than up to
 * `until`, though the speaker went on: the next word may be cut in two.
 */
export function wholeEnd({ words = [], startSample }: FinalResult, until: number): number {
  return words.findLast(({ endSample }) => endSample <= until)?.endSample ?? startSample;
}

/** Without word times a final belongs to the stream in whose part most of it lies. */
function trimWhole(final: FinalResult, { seam, cut }: Bounds): FinalResult | undefined {
  if (middle(final) < seam || !startsBefore(final, cut)) return undefined;
  const startSample = Math.max(final.startSample, seam);
  return { ...final, startSample, endSample: Math.max(startSample, final.endSample) };
}

/** What of an interim isn't said yet by a final that ended at `seam`; undefined when all is. */
export function unrepeated(
  interim: InterimResult,
  said: Said,
  seam: number,
): InterimResult | undefined {
  if (interim.startSample >= seam) return interim;
  const words = wordsOf(interim.text);
  const text = words.slice(repeated(words, said)).join(' ');
  if (text === '') return undefined;
  const { endSample } = interim;
  return { ...interim, text, startSample: Math.min(seam, endSample) };
}

/**
 * What of a final isn't said yet by a live line that was given up as it was, and had no word times.
 * Undefined when all is.
 */
export function unsaid(final: FinalResult, said: Said): FinalResult | undefined {
  const { words, text: all, alternatives: _, ...rest } = final;
  const count = repeated(words?.map(({ text }) => text) ?? wordsOf(all), said);
  if (count === 0) return final;
  const kept = words?.slice(count);
  const text = (kept?.map((word) => word.text) ?? wordsOf(all).slice(count)).join(' ');
  if (text === '') return undefined;
  const startSample = kept?.[0]?.startSample ?? final.startSample;
  return { ...rest, text, startSample, ...(kept !== undefined && { words: kept }) };
}

function startsBefore(of: Pick<Word, 'startSample'>, cut: number | undefined): boolean {
  return cut === undefined || of.startSample < cut;
}

function middle(of: Pick<Word, 'startSample' | 'endSample'>): number {
  return (of.startSample + of.endSample) / 2;
}
