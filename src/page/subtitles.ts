/**
 * Subtitles: a transcript as text, SubRip, WebVTT and JSON. (pure)
 *
 * A final may be half a minute long: for subtitles it is cut into cues that can be read, by the
 * times of its words where there are some, else by how much text there is.
 */
import { stampOf } from './times.ts';
import type { FinalLine, Line } from './transcript.ts';

export const FORMATS = {
  txt: { type: 'text/plain', make: textOf },
  srt: { type: 'application/x-subrip', make: srtOf },
  vtt: { type: 'text/vtt', make: vttOf },
  json: { type: 'application/json', make: jsonOf },
} as const;

export type Format = keyof typeof FORMATS;

export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** Two lines of television. */
const CUE_CHARS_MAX = 84;
/** So long one may stand, and so long nothing may be said in it. */
const CUE_MS_MAX = 7_000;
const PAUSE_MS_MAX = 1_000;

/** Where words stand without blanks between them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** A word, and what stands before it in a line: a blank or nothing. */
interface Piece extends Cue {
  readonly glue: string;
}

function isFinal(line: Line): line is FinalLine {
  return line.kind === 'final' && line.text !== '';
}

/** One final a line. */
export function textOf(lines: readonly Line[]): string {
  return lines
    .filter(isFinal)
    .map(({ text }) => `${text}\n`)
    .join('');
}

export function srtOf(lines: readonly Line[]): string {
  return cuesOf(lines)
    .map(({ startMs, endMs, text }, i) => {
      return `${i + 1}\n${stampOf(startMs, ',')} --> ${stampOf(endMs, ',')}\n${text}\n`;
    })
    .join('\n');
}

export function vttOf(lines: readonly Line[]): string {
  const cues = cuesOf(lines).map(({ startMs, endMs, text }) => {
    const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return `\n${stampOf(startMs, '.')} --> ${stampOf(endMs, '.')}\n${safe}\n`;
  });
  return `WEBVTT\n${cues.join('')}`;
}

/** Everything that is known, gaps included. */
export function jsonOf(lines: readonly Line[]): string {
  return `${JSON.stringify({ unit: 'ms', lines }, undefined, 2)}\n`;
}

/** In order, each at least 1 ms long. */
export function cuesOf(lines: readonly Line[]): Cue[] {
  return lines.filter(isFinal).flatMap((line) => shown(cuesOfFinal(line)));
}

/** What stands before each word of a final, as its text has it: a blank, or nothing. */
export function gluesOf({ text, words }: Pick<FinalLine, 'text' | 'words'>): string[] {
  let at = 0;
  return words.map((word, i) => {
    const from = text.indexOf(word.text, at);
    const glue = from < 0 || /\s/.test(text.slice(at, from)) ? ' ' : '';
    if (from >= 0) at = from + word.text.length;
    return i === 0 ? '' : glue;
  });
}

function cuesOfFinal(line: FinalLine): Cue[] {
  const pieces = line.words.length > 0 ? piecesByWords(line) : piecesByLength(line);
  const cues: Cue[] = [];
  for (const { glue, text, startMs, endMs } of pieces) {
    const last = cues.at(-1);
    const longer = { startMs: last?.startMs ?? 0, endMs, text: `${last?.text}${glue}${text}` };
    if (last !== undefined && isOne(longer) && startMs - last.endMs <= PAUSE_MS_MAX) {
      cues[cues.length - 1] = longer;
    } else cues.push({ startMs, endMs, text });
  }
  return cues;
}

function isOne({ startMs, endMs, text }: Cue): boolean {
  return text.length <= CUE_CHARS_MAX && endMs - startMs <= CUE_MS_MAX;
}

/** A cue without length is never on the screen. */
function shown(cues: readonly Cue[]): Cue[] {
  let atMs = 0;
  return cues.map((cue) => {
    const startMs = Math.max(cue.startMs, atMs);
    atMs = Math.max(cue.endMs, startMs + 1);
    return { ...cue, startMs, endMs: atMs };
  });
}

function piecesByWords(line: FinalLine): Piece[] {
  const glues = gluesOf(line);
  return line.words.map(({ text, start, end }, i) => {
    return { glue: glues[i] ?? ' ', text, startMs: start, endMs: end };
  });
}

/** Each word as if all characters took equally long. */
function piecesByLength({ text, startMs, endMs, language }: FinalLine): Piece[] {
  const perChar = (endMs - startMs) / Math.max(1, text.length);
  const runs = Array.from(text.matchAll(/\S+/g), ({ 0: run, index }) => {
    return wordsOf(run, language).map(({ word, at }) => ({
      glue: at === 0 ? ' ' : '',
      text: word,
      startMs: Math.round(startMs + (index + at) * perChar),
      endMs: Math.round(startMs + (index + at + word.length) * perChar),
    }));
  });
  return runs.flat();
}

/** The words of what has no blanks in it, each with the marks behind it. */
function wordsOf(run: string, language: string | undefined): { word: string; at: number }[] {
  if (!UNSPACED.test(run)) return [{ word: run, at: 0 }];
  const words: { word: string; at: number }[] = [];
  for (const { segment, index, isWordLike } of segmenterOf(language).segment(run)) {
    const last = words.at(-1);
    if (last !== undefined && isWordLike !== true) last.word += segment;
    else words.push({ word: segment, at: index });
  }
  return words;
}

/** A server may call a language as no browser does. */
function segmenterOf(language: string | undefined): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language, { granularity: 'word' });
  } catch {
    return new Intl.Segmenter(undefined, { granularity: 'word' });
  }
}
