/**
 * FakeTerminal: a Terminal that keeps what was written to it, and what would be on its screen.
 */
import type { Terminal } from '../../src/log.ts';

export class FakeTerminal implements Terminal {
  readonly isTty: boolean;
  readonly columns: number;
  text = '';

  constructor(isTty = false, columns = 80) {
    this.isTty = isTty;
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
  }

  /** The lines that a person sees, after each rewriting. */
  get screen(): string[] {
    const lines = this.text.split('\n').map((line) => {
      const last = line.slice(line.lastIndexOf('\r') + 1);
      return last.replaceAll('\x1b[K', '');
    });
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  }
}
