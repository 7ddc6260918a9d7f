/**
 * Captions: a live transcript on a terminal, or as plain lines in a file or pipe.
 *
 * On a terminal the last line is live: it shows the interim, rewrites itself and never wraps. All
 * else is lines above it. What the server says is shown without what could steer the terminal.
 */
import type { Terminal } from '../log.ts';
import type { Gap, Queued, ServerMessage, Summary } from '../wire/message.ts';

/** One line of a terminal that rewrites itself. Where there is no terminal, nothing. */
export class LiveLine {
  readonly #terminal: Terminal;
  #shown = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Shows `left`, and of `right` what still fits: its end, since that is new. */
  show(left: string, right = ''): void {
    if (!this.#terminal.isTty) return;
    // The last column stays free: some terminals wrap as soon as it is written to.
    const columns = Math.max(0, this.#terminal.columns - 1);
    const start = cutEnd(left, columns);
    const line = start + cutStart(right, columns - widthOf(start));
    if (line === this.#shown) return;
    this.#shown = line;
    this.#terminal.write(`\r${line}\x1b[K`);
  }

  clear(): void {
    if (this.#shown === '') return;
    this.#shown = '';
    this.#terminal.write('\r\x1b[K');
  }
}

export class Captions {
  readonly #terminal: Terminal;
  readonly #line: LiveLine;
  #progress = '';
  #live = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#line = new LiveLine(terminal);
  }

  show(message: ServerMessage): void {
    switch (message.type) {
      case 'interim':
        this.#setLive(printable(message.text));
        break;
      case 'final':
        this.#setLive('');
        this.print(`${range(message)}  ${printable(message.text)}`);
        break;
      case 'gap':
        this.print(`${range(message)}  (${GAPS[message.reason] ?? 'no transcript'})`);
        break;
      case 'warning':
        this.print(`warning: ${printable(message.message)}`);
        break;
      case 'queued':
        this.#showQueued(message);
        break;
      case 'summary':
        this.#showSummary(message);
        break;
      case 'ready':
      case 'ack':
      case 'goaway':
      case 'error':
        break;
    }
  }

  /** What stands before the interim in the live line, such as a progress bar. */
  set progress(text: string) {
    this.#progress = text;
    this.#rewrite();
  }

  /** One line above the live one. `line` is not made printable. */
  print(line: string): void {
    this.#line.clear();
    this.#terminal.write(`${line}\n`);
    this.#rewrite();
  }

  /** Something is written to the same screen, but not by us. */
  aside(write: () => void): void {
    this.#line.clear();
    write();
    this.#rewrite();
  }

  /** Takes the live line away: nothing follows, or not from here. */
  end(): void {
    this.#progress = '';
    this.#setLive('');
  }

  #showQueued({ position, etaMs }: Queued): void {
    if (position === 0) {
      this.#setLive('');
      return;
    }
    const wait = etaMs === null ? '' : `, about ${Math.ceil(etaMs / 1000)} s`;
    const text = `waiting for a free recognizer: position ${position}${wait}`;
    if (this.#terminal.isTty) this.#setLive(text);
    else this.print(text);
  }

  #showSummary(summary: Summary): void {
    this.end();
    for (const line of summaryLines(summary)) this.print(line);
  }

  #setLive(text: string): void {
    this.#live = text;
    this.#rewrite();
  }

  #rewrite(): void {
    if (this.#live === '' && this.#progress === '') this.#line.clear();
    else this.#line.show(this.#progress, this.#live);
  }
}

const GAPS: { readonly [reason in Gap['reason']]: string } = {
  client: 'not transcribed: lost on the way to the server',
  overrun: 'not transcribed: sent faster than the server allowed',
  upstream: 'not transcribed: the recognizer failed',
};

/** Received audio that the summary accounts for nowhere; 0 at the end of a session that finished. */
export function unsettledMsOf(summary: Summary): number {
  const { receivedMs, transcribedMs, silentMs, releasedMs } = summary;
  return receivedMs - transcribedMs - silentMs - droppedMsOf(summary) - releasedMs;
}

function droppedMsOf({ droppedMs }: Summary): number {
  return Object.values(droppedMs).reduce((sum, ms) => sum + ms, 0);
}

/** A table whose first line is the sum of the five below it. */
function summaryLines(summary: Summary): string[] {
  const reasons = Object.entries(summary.droppedMs).filter(([, ms]) => ms > 0);
  const why = reasons.map(([reason, ms]) => `${printable(reason)} ${seconds(ms)}`).join(', ');
  const rows: [string, number, string][] = [
    ['received', summary.receivedMs, ''],
    ['transcribed', summary.transcribedMs, ''],
    ['silent', summary.silentMs, ''],
    ['dropped', droppedMsOf(summary), why],
    ['released', summary.releasedMs, ''],
    ['unsettled', unsettledMsOf(summary), ''],
    ['never received', summary.missingMs, ''],
  ];
  const { results, streams, billedMs } = summary;
  // The embedded recognizer bills nobody.
  const billed = billedMs === 0 ? '' : `, ${seconds(billedMs)} billed`;
  return [
    '',
    ...rows.map(([name, ms, note]) =>
      `${name.padStart(16)} ${seconds(ms).padStart(12)}  ${note}`.trimEnd(),
    ),
    `${counted(results, 'result')} from ${counted(streams, 'recognizer stream')}${billed}`,
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function range({ start, end }: { readonly start: number; readonly end: number }): string {
  return `[${timeOf(start)} → ${timeOf(end)}]`;
}

/** A place in audio as `mm:ss.cc`, with hours where there are some. */
export function timeOf(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const hours = Math.floor(ms / 3_600_000);
  const rest = `${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${two((ms / 10) % 100)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** On one line, and without control characters and marks that turn the direction of writing. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}

const GRAPHEMES = new Intl.Segmenter();

/** Scripts and signs that take two columns. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u;

const INVISIBLE = /^[\p{M}\p{Cf}]+$/u;

/** Columns that printable text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += columnsOf(segment);
  return width;
}

function columnsOf(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

function cutEnd(text: string, columns: number): string {
  return cut([...GRAPHEMES.segment(text)], columns, (kept) => `${kept.join('')}…`) ?? text;
}

function cutStart(text: string, columns: number): string {
  const backwards = [...GRAPHEMES.segment(text)].reverse();
  return cut(backwards, columns, (kept) => `…${kept.reverse().join('')}`) ?? text;
}

/** As many as fit beside an ellipsis; undefined when all do. */
function cut(
  segments: readonly Intl.SegmentData[],
  columns: number,
  join: (kept: string[]) => string,
): string | undefined {
  const widths = segments.map(({ segment }) => columnsOf(segment));
  if (widths.reduce((sum, width) => sum + width, 0) <= columns) return undefined;
  if (columns < 1) return '';
  let left = columns - 1;
  const kept: string[] = [];
  for (const { segment } of segments) {
    left -= columnsOf(segment);
    if (left < 0) break;
    kept.push(segment);
  }
  return join(kept);
}
