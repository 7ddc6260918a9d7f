/**
 * Log: everything that leaves the process as text.
 *
 * Events go to standard error, one JSON line each. What a person reads goes to standard output, by
 * `terminal`. No transcript, audio or token is ever logged.
 */
import type { Logger } from 'pino';
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

/** A log whose lines are written before the call returns: an exit loses none. */
export function newLog(level: LogLevel): Log {
  const options = {
    level,
    base: { pid: process.pid },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const log: Logger = pino(options, destination({ dest: 2, sync: true }));
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
