/**
 * Transcript: what was said to the page so far, over all talks and sessions. (pure)
 *
 * Times count the page's audio: what one session calls 0 is where that session began here. Finals
 * and gaps are as the server says them, and stay.
 */
import type { Final, FinalWord, GapReason, ServerMessage } from '../wire/message.ts';

export interface FinalLine {
  readonly kind: 'final';
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly confidence: number | undefined;
  readonly degraded: boolean;
  readonly language: string | undefined;
  readonly words: readonly FinalWord[];
  readonly alternatives: readonly string[];
}

export interface GapLine {
  readonly kind: 'gap';
  readonly startMs: number;
  readonly endMs: number;
  readonly reason: GapReason;
}

export type Line = FinalLine | GapLine;

export interface Interim {
  readonly startMs: number;
  readonly text: string;
}

/** Lines that are kept: a day of speech. Beyond it the oldest go. */
const LINES_MAX = 20_000;

export class Transcript {
  readonly lines: Line[] = [];
  interim: Interim | undefined;
  /** Where the session of now began. */
  #baseMs = 0;

  /** A session begins at `baseMs` of the page's audio. */
  begin(baseMs: number): void {
    this.#baseMs = baseMs;
    this.interim = undefined;
  }

  /** The line that the message has added, if it has. */
  take(message: ServerMessage): Line | undefined {
    switch (message.type) {
      case 'interim':
        this.interim = { startMs: this.#baseMs + message.start, text: message.text };
        return undefined;
      case 'final':
        this.interim = undefined;
        return this.#add(this.#finalOf(message));
      case 'gap': {
        const { start, end, reason } = message;
        const [startMs, endMs] = [this.#baseMs + start, this.#baseMs + end];
        return this.#add({ kind: 'gap', startMs, endMs, reason });
      }
      default:
        return undefined;
    }
  }

  clear(): void {
    this.lines.length = 0;
    this.interim = undefined;
  }

  #add(line: Line): Line {
    this.lines.push(line);
    if (this.lines.length > LINES_MAX) this.lines.shift();
    return line;
  }

  #finalOf(final: Final): FinalLine {
    const { start, end, text, confidence, language, words = [], alternatives = [] } = final;
    const baseMs = this.#baseMs;
    return {
      kind: 'final',
      startMs: baseMs + start,
      endMs: baseMs + end,
      text: text.trim(),
      confidence,
      degraded: final.degraded === true,
      language,
      words: words.map((word) => ({
        ...word,
        start: baseMs + word.start,
        end: baseMs + word.end,
      })),
      alternatives: alternatives.map((each) => each.text.trim()),
    };
  }
}
