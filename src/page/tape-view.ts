/**
 * Tape view: draws the audio, and how far the server has come with it.
 *
 *   settled  full colour        received  pale        spoken  grey, still on its way
 *
 * While somebody talks the newest seconds are shown; afterwards all of it. For those who don't see,
 * the canvas says the same in a sentence.
 */
import { element } from './dom.ts';
import type { Tape } from './tape.ts';
import { clockOf } from './times.ts';

/** A bar and the room beside it, in CSS pixels, and the audio that it stands for while it runs. */
const BAR_PX = 4;
const BAR_MS = 100;

const TICKS_MS = [1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 3_600_000];
const TICK_PX_MIN = 90;
const FOOT_PX = 18;
const HEAD_PX = 16;

const COLOURS = ['ink', 'soft', 'line', 'accent', 'accent-soft', 'waiting', 'record'] as const;
type Colours = { readonly [C in (typeof COLOURS)[number]]: string };

/** What of the audio is in sight, and how it lies there. */
interface Frame {
  readonly fromMs: number;
  readonly msPerPx: number;
  readonly width: number;
  /** Of the part for bars. */
  readonly top: number;
  readonly height: number;
}

export class TapeView {
  readonly #canvas = element('tape', HTMLCanvasElement);
  readonly #spoken = element('spoken', HTMLElement);
  readonly #received = element('received', HTMLElement);
  readonly #settled = element('settled', HTMLElement);
  readonly #tape: Tape;
  #colours: Colours = coloursOf();
  #due: 'no' | 'newest' | 'all' = 'no';
  #said = '';

  constructor(tape: Tape) {
    this.#tape = tape;
    new ResizeObserver(() => this.draw('all')).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#colours = coloursOf();
      this.draw('all');
    });
  }

  /** Soon, and once for all that changed until then, as the last call says. `newest`: the seconds before now; `all`: everything. */
  draw(what: 'newest' | 'all'): void {
    const before = this.#due;
    this.#due = what;
    if (before !== 'no') return;
    requestAnimationFrame(() => {
      const due = this.#due === 'all' ? 'all' : 'newest';
      this.#due = 'no';
      this.#paint(due);
    });
  }

  #paint(what: 'newest' | 'all'): void {
    const { clientWidth: width, clientHeight } = this.#canvas;
    const scale = devicePixelRatio;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(clientHeight * scale);
    const pen = this.#canvas.getContext('2d');
    if (pen === null) return;
    pen.scale(scale, scale);
    const frame = this.#frameOf(what, width, clientHeight - FOOT_PX - HEAD_PX);
    this.#paintTicks(pen, frame);
    this.#paintStretches(pen, frame);
    this.#paintBars(pen, frame);
    this.#paintCursors(pen, frame);
    this.#say();
  }

  #frameOf(what: 'newest' | 'all', width: number, height: number): Frame {
    const { spokenMs } = this.#tape;
    const spanMs = (width / BAR_PX) * BAR_MS;
    const shownMs = what === 'all' ? Math.max(spanMs, spokenMs) : spanMs;
    const fromMs = Math.max(0, spokenMs - shownMs);
    return { fromMs, msPerPx: shownMs / width, width, top: HEAD_PX, height };
  }

  #paintTicks(pen: CanvasRenderingContext2D, { fromMs, msPerPx, width, top, height }: Frame): void {
    const everyMs = TICKS_MS.find((ms) => ms / msPerPx >= TICK_PX_MIN) ?? 3_600_000;
    pen.font = '11px system-ui, sans-serif';
    pen.textBaseline = 'alphabetic';
    pen.textAlign = 'left';
    for (
      let ms = Math.ceil(fromMs / everyMs) * everyMs;
      ms < fromMs + width * msPerPx;
      ms += everyMs
    ) {
      const x = (ms - fromMs) / msPerPx;
      pen.fillStyle = this.#colours.line;
      pen.fillRect(x, top, 1, height + FOOT_PX);
      pen.fillStyle = this.#colours.soft;
      pen.fillText(clockOf(ms).replace(/\.0$/, ''), x + 5, top + height + FOOT_PX - 5);
    }
  }

  /** A final has a line below it; a gap is a block. */
  #paintStretches(pen: CanvasRenderingContext2D, frame: Frame): void {
    const { fromMs, msPerPx, top, height } = frame;
    for (const { startMs, endMs, kind } of this.#tape.stretches) {
      const x = (startMs - fromMs) / msPerPx;
      const length = Math.max(2, (endMs - startMs) / msPerPx);
      pen.fillStyle = kind === 'final' ? this.#colours.accent : this.#colours.record;
      pen.globalAlpha = kind === 'final' ? 1 : 0.25;
      if (kind === 'final') pen.fillRect(x + 1, top + height + 1, length - 2, 2);
      else pen.fillRect(x, top, length, height);
    }
    pen.globalAlpha = 1;
  }

  #paintBars(pen: CanvasRenderingContext2D, { fromMs, msPerPx, width, top, height }: Frame): void {
    const { spokenMs, receivedMs, settledMs } = this.#tape;
    const middle = top + height / 2;
    const barMs = msPerPx * BAR_PX;
    // Bars stay where they are in the audio, so that they don't flicker as it runs.
    for (let ms = Math.floor(fromMs / barMs) * barMs; ms < spokenMs; ms += barMs) {
      const x = (ms - fromMs) / msPerPx;
      if (x > width) break;
      const half = Math.max(1, (this.#tape.loudness(ms, ms + barMs) * height) / 2);
      if (ms < settledMs) pen.fillStyle = this.#colours.accent;
      else if (ms < receivedMs) pen.fillStyle = this.#colours['accent-soft'];
      else pen.fillStyle = this.#colours.waiting;
      pen.beginPath();
      pen.roundRect(x, middle - half, BAR_PX - 1, half * 2, 1.5);
      pen.fill();
    }
  }

  /** Each word stands where it is not in the way of the other, since both may be at one place. */
  #paintCursors(pen: CanvasRenderingContext2D, frame: Frame): void {
    const { receivedMs, settledMs, spokenMs } = this.#tape;
    if (spokenMs === 0) return;
    const { accent, ink } = this.#colours;
    pen.font = '600 11px system-ui, sans-serif';
    const roomPx = pen.measureText('received').width + 8;
    const settledPx = placeOf(settledMs, frame);
    const receivedPx = placeOf(receivedMs, frame);
    const isSettledRight = settledPx < roomPx;
    const isReceivedRight = receivedPx + roomPx < frame.width && !isSettledRight;
    const isApart = receivedPx - settledPx > (isSettledRight ? 2 : 1) * roomPx;
    const low = frame.top + frame.height - 2;
    paintCursor(pen, frame, settledPx, accent);
    paintWord(pen, 'settled', settledPx, 12, isSettledRight);
    paintCursor(pen, frame, receivedPx, ink);
    const y = isReceivedRight || isApart ? 12 : low;
    paintWord(pen, 'received', receivedPx, y, isReceivedRight || receivedPx < roomPx);
  }

  #say(): void {
    const { spokenMs, receivedMs, settledMs } = this.#tape;
    this.#spoken.textContent = clockOf(spokenMs);
    this.#received.textContent = clockOf(receivedMs);
    this.#settled.textContent = clockOf(settledMs);
    const said =
      spokenMs === 0
        ? 'No audio yet'
        : `${clockOf(spokenMs)} spoken, ${clockOf(receivedMs)} received, ${clockOf(settledMs)} settled`;
    if (said === this.#said) return;
    this.#said = said;
    this.#canvas.setAttribute('aria-label', said);
  }
}

/** Where a time lies, within what is in sight. */
function placeOf(ms: number, { fromMs, msPerPx, width }: Frame): number {
  return Math.max(1, Math.min(width - 1, (ms - fromMs) / msPerPx));
}

function paintCursor(
  pen: CanvasRenderingContext2D,
  { top, height }: Frame,
  x: number,
  colour: string,
): void {
  pen.fillStyle = colour;
  pen.fillRect(x - 0.75, 3, 1.5, top + height - 3);
}

function paintWord(
  pen: CanvasRenderingContext2D,
  word: string,
  x: number,
  y: number,
  isRight: boolean,
): void {
  pen.textAlign = isRight ? 'left' : 'right';
  pen.fillText(word, x + (isRight ? 5 : -5), y);
}

function coloursOf(): Colours {
  const style = getComputedStyle(document.documentElement);
  const pairs = COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(pairs) as Colours;
}
