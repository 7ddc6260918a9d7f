/**
 * Saving: a transcript to the clipboard, or into a file of the person's own.
 */
import type { Clock } from '../clock.ts';
import { made } from './dom.ts';
import type { Format } from './subtitles.ts';
import { FORMATS, textOf } from './subtitles.ts';
import type { Line } from './transcript.ts';

/** How long a browser may take to begin to read what it saves. */
const READ_MS_MAX = 60_000;

/** Throws where the browser has no clipboard for us. */
export async function copy(lines: readonly Line[]): Promise<void> {
  if ('clipboard' in navigator) await navigator.clipboard.writeText(textOf(lines));
  else copySelection(lines);
}

/** An insecure page gets no clipboard, but may copy what is selected. */
function copySelection(lines: readonly Line[]): void {
  const field = made('textarea', '', textOf(lines));
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (!done) throw new Error('the browser does not let this page copy');
}

export function save(lines: readonly Line[], format: Format, clock: Clock): void {
  const { type, make } = FORMATS[format];
  const url = URL.createObjectURL(new Blob([make(lines)], { type }));
  const link = made('a', '');
  link.href = url;
  link.download = `earshot.${format}`;
  link.click();
  clock.after(READ_MS_MAX, () => URL.revokeObjectURL(url));
}

export function isFormat(name: string | undefined): name is Format {
  return name !== undefined && Object.hasOwn(FORMATS, name);
}
