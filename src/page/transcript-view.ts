/**
 * Transcript view: finals as they come, and the interim below them.
 *
 * Finals are a live region, so that a screen reader says each one once. The interim changes several
 * times a second, and is for eyes only.
 */
import { element, made } from './dom.ts';
import { gluesOf } from './subtitles.ts';
import { clockOf, secondsOf } from './times.ts';
import type { FinalLine, GapLine, Interim, Line } from './transcript.ts';

/** Lines on the page; older ones are still saved and copied. */
const SHOWN_MAX = 2_000;

/** A word below this is marked. */
const CONFIDENCE_MIN = 0.6;

/** So near to the end, in pixels, the reader follows what comes. */
const FOLLOW_PX = 80;

const GAP_REASON: { readonly [R in GapLine['reason']]: string } = {
  client: 'lost on this side, before it was sent',
  overrun: 'dropped by the server, since it came faster than allowed',
  upstream: 'the recognizer gave no outcome',
};

export class TranscriptView {
  readonly #sheet = element('sheet', HTMLElement);
  readonly #lines = element('lines', HTMLOListElement);
  readonly #interim = element('interim', HTMLElement);
  readonly #welcome = element('welcome', HTMLElement);
  readonly #dock = element('dock', HTMLElement);
  /** The interim on the page. */
  #shown: Interim | undefined;

  add(line: Line): void {
    this.#follow(() => {
      this.#welcome.hidden = true;
      this.#lines.append(line.kind === 'final' ? finalOf(line) : gapOf(line));
      if (this.#lines.childElementCount > SHOWN_MAX) this.#lines.firstElementChild?.remove();
    });
  }

  interim(interim: Interim | undefined): void {
    const { startMs, text } = this.#shown ?? {};
    if (interim?.text === text && interim?.startMs === startMs) return;
    this.#shown = interim;
    this.#follow(() => {
      if (interim === undefined || interim.text === '') {
        this.#interim.replaceChildren();
        return;
      }
      this.#welcome.hidden = true;
      const time = made('time', '', clockOf(interim.startMs));
      this.#interim.replaceChildren(time, made('p', '', interim.text));
    });
  }

  clear(): void {
    this.#lines.replaceChildren();
    this.#interim.replaceChildren();
    this.#shown = undefined;
    this.#welcome.hidden = false;
  }

  /** Keeps the end in sight of whoever was there, on a wide page and on a narrow one. */
  #follow(change: () => void): void {
    const isThere = this.#isScroller ? this.#isSheetAtEnd : this.#isPageAtEnd;
    change();
    if (!isThere) return;
    this.#sheet.scrollTop = this.#sheet.scrollHeight;
    if (!this.#isScroller) scrollBy({ top: Math.max(0, this.#belowPx), behavior: 'instant' });
  }

  /** On a wide page the sheet scrolls, on a narrow one the page does. */
  get #isScroller(): boolean {
    return this.#sheet.scrollHeight > this.#sheet.clientHeight;
  }

  get #isSheetAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#sheet;
    return scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
  }

  /** Not where somebody looks at what stands above or below the transcript's end. */
  get #isPageAtEnd(): boolean {
    return this.#belowPx < FOLLOW_PX && this.#interim.getBoundingClientRect().bottom > 0;
  }

  /** How far the end of the transcript lies below what is in sight: the dock covers the page's foot. */
  get #belowPx(): number {
    const { bottom } = this.#interim.getBoundingClientRect();
    return bottom - this.#dock.getBoundingClientRect().top;
  }
}

function finalOf(line: FinalLine): HTMLElement {
  const { startMs, endMs, confidence, degraded, text, words, alternatives } = line;
  const glues = gluesOf(line);
  const time = made('time', '', clockOf(startMs));
  time.title = `${clockOf(startMs)} to ${clockOf(endMs)}`;
  if (confidence !== undefined) time.append(made('small', '', percentOf(confidence)));
  const said = made(
    'p',
    '',
    ...(words.length === 0 ? [text] : words.flatMap((word, i) => [glues[i] ?? ' ', wordOf(word)])),
  );
  if (alternatives.length > 0) said.title = `Or: ${alternatives.join(' / ')}`;
  const item = made('li', degraded ? 'line fresh degraded' : 'line fresh', time, said);
  if (degraded) item.title = 'Less is known of this one than usual: a word may be missing or wrong';
  return item;
}

function wordOf({ text, start, end, confidence }: FinalLine['words'][number]): Node {
  const isDoubtful = confidence !== undefined && confidence < CONFIDENCE_MIN;
  const word = made('span', isDoubtful ? 'doubtful' : '', text);
  const sure = confidence === undefined ? '' : `, ${percentOf(confidence)}`;
  word.title = `${clockOf(start)} to ${clockOf(end)}${sure}`;
  return word;
}

function gapOf({ startMs, endMs, reason }: GapLine): HTMLElement {
  const what = `${secondsOf(endMs - startMs)} not transcribed: ${GAP_REASON[reason]}.`;
  return made('li', 'line gap', made('time', '', clockOf(startMs)), made('p', '', what));
}

function percentOf(confidence: number): string {
  return `${Math.round(confidence * 100)} %`;
}
