/**
 * Results: what Google said as results of the port: in order, within what was written (pure).
 */
import type { FinalResult, InterimResult, SpeechConfig, Word } from '../recognizer.ts';
import type { SaidFinal, SaidInterim, SaidWord } from './response.ts';

/** What a result may cover. Samples of the stream. */
export interface Bounds {
  /** No result begins before the last final's end, nor ends beyond what was sent. */
  readonly finalEnd: number;
  readonly now: number;
  /** All before it has an outcome. */
  readonly settled: number;
  /** Where somebody seems to have begun to speak. */
  readonly speechFrom: number;
  /** A place of Google's as one of the stream. */
  readonly place: (sent: number) => number;
}

export function finalFor(said: SaidFinal, config: SpeechConfig, bounds: Bounds): FinalResult {
  const { finalEnd, now, place } = bounds;
  const last = said.words.at(-1)?.end;
  const end = said.end ?? last;
  const endSample = Math.max(finalEnd, end === undefined ? now : place(end));
  const startSample = Math.min(endSample, startOf(said, endSample, bounds));
  const words = wordsOf(said.words, startSample, endSample, place);
  const language = config.languages.find((each) => isSame(each, said.language)) ?? said.language;
  return {
    startSample,
    endSample,
    text: said.text,
    ...(said.confidence !== undefined && { confidence: said.confidence }),
    ...(words !== undefined && { words }),
    ...(said.others.length > 0 && { alternatives: said.others }),
    ...(language !== undefined && { language }),
  };
}

export function interimFor(said: SaidInterim, bounds: Bounds): InterimResult {
  const { finalEnd, now, speechFrom, place } = bounds;
  const endSample = Math.max(finalEnd, said.end === undefined ? now : place(said.end));
  const startSample = Math.min(endSample, Math.max(finalEnd, speechFrom));
  const { text, stability } = said;
  return { startSample, endSample, text, ...(stability !== undefined && { stability }) };
}

/** With its first word; without word times, where nothing else is settled. */
function startOf({ words }: SaidFinal, end: number, bounds: Bounds): number {
  const { finalEnd, settled, place } = bounds;
  const from = words[0]?.from;
  if (from !== undefined) return Math.max(finalEnd, place(from));
  return settled < end ? Math.max(finalEnd, settled) : finalEnd;
}

/**
 * Undefined unless every word has its end. A start of zero may not be set: such a word begins with what
 * it can. Rounded times may overlap; these don't.
 */
function wordsOf(
  said: readonly SaidWord[],
  start: number,
  end: number,
  place: (sent: number) => number,
): Word[] | undefined {
  const words: Word[] = [];
  let at = start;
  for (const word of said) {
    if (word.end === undefined) return undefined;
    const from = word.from === undefined ? at : place(word.from);
    const startSample = Math.min(end, Math.max(at, from));
    const endSample = Math.min(end, Math.max(startSample, place(word.end)));
    const { text, confidence } = word;
    words.push(
      confidence === undefined
        ? { text, startSample, endSample }
        : { text, startSample, endSample, confidence },
    );
    at = endSample;
  }
  return words.length > 0 ? words : undefined;
}

function isSame(tag: string, other: string | undefined): boolean {
  return tag.toLowerCase() === other?.toLowerCase();
}
