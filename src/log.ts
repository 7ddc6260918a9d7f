/**
 * Log: everything that leaves the process as text.
 *
 * Events go to standard error, one JSON line each. What a person reads goes to standard output, by
 * `terminal`. No transcript, audio or token is ever logged.
 *
 *   debug  what one session does      info  what the server does, and each session once, at its end
 *   warn   somebody may have to look: a part failed, and was made up for      error  nobody made up for it
 */
import type { DestinationStream, Logger } from 'pino';
import { destination, pino } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields of one event; the message is a constant sentence, so that lines can be counted. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What ends a line to some readers, and not to JSON. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

function oneLine(text: string): string {
  return text.replace(LINE_ENDS, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A log whose lines are written before the call returns: an exit loses none. To standard error, unless given. */
export function newLog(
  level: LogLevel,
  to: DestinationStream = destination({ dest: 2, sync: true }),
): Log {
  const options = {
    level,
    base: { pid: process.pid },
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: oneLine },
  };
  const log: Logger = pino(options, to);
  return log;
}

/** Where text for a person goes: a terminal, or a file or pipe (`isTty` false). */
export interface Terminal {
  readonly isTty: boolean;
  /** Characters in a line; 80 where there is no terminal. */
  readonly columns: number;
  write(text: string): void;
}

export const terminal: Terminal = {
  get isTty() {
    return process.stdout.isTTY === true;
  },
  get columns() {
    return process.stdout.columns ?? 80;
  },
  write(text) {
    process.stdout.write(text);
  },
};

/** Calls `run` when nobody reads standard output any more; otherwise that would end in an exception. */
export function onUnread(run: () => void): void {
  process.stdout.on('error', run);
}

/** What a person must see though standard output carries data: problems, and progress. */
export const complaints: Terminal = {
  get isTty() {
    return process.stderr.isTTY === true;
  },
  get columns() {
    return process.stderr.columns ?? 80;
  },
  write(text) {
    process.stderr.write(text);
  },
};
