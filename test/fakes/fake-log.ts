/**
 * FakeLog: a log that remembers its lines.
 */
import type { Log } from '../../src/log.ts';

export interface Line {
  readonly level: keyof Log;
  readonly fields: object;
  readonly message: string;
}

export class FakeLog implements Log {
  readonly lines: Line[] = [];

  debug(fields: object, message: string): void {
    this.lines.push({ level: 'debug', fields, message });
  }

  info(fields: object, message: string): void {
    this.lines.push({ level: 'info', fields, message });
  }

  warn(fields: object, message: string): void {
    this.lines.push({ level: 'warn', fields, message });
  }

  error(fields: object, message: string): void {
    this.lines.push({ level: 'error', fields, message });
  }

  /** Lines that say `message`. */
  of(message: string): Line[] {
    return this.lines.filter((line) => line.message === message);
  }
}
