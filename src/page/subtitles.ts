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

export function cuesOf(lines: readonly Line[]): Cue[] {
  return lines.filter(isFinal).flatMap((line) => cuesOfFinal(line));
}

function cuesOfFinal(line: FinalLine): Cue[] {
  const pieces = line.words.length > 0 ? line.words.map(pieceOf) : piecesByLength(line);
  const cues: Cue[] = [];
  for (const piece of pieces) {
    const last = cues.at(-1);
    const text = last === undefined ? '' : `${last.text} ${piece.text}`;
    if (last !== undefined && text.length <= CUE_CHARS_MAX) {
      cues[cues.length - 1] = { startMs: last.startMs, endMs: piece.endMs, text };
    } else cues.push(piece);
  }
  return cues;
}

function pieceOf({ text, start, end }: FinalLine['words'][number]): Cue {
  return { text, startMs: start, endMs: end };
}

/** Each word as if all characters took equally long. */
function piecesByLength({ text, startMs, endMs }: FinalLine): Cue[] {
  const perChar = (endMs - startMs) / Math.max(1, text.length);
  return Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => ({
    text: word,
    startMs: Math.round(startMs + index * perChar),
    endMs: Math.round(startMs + (index + word.length) * perChar),
  }));
}
