/**
 * Faults: what is wrong with what a device sent, as an answer that it can act upon.
 */
import type { CloseWord } from './close.ts';

export interface Fault {
  readonly code: CloseWord;
  /** A sentence that names the value and what was expected. */
  readonly message: string;
  /** The field of the message, where there is one: `start.language`. */
  readonly field?: string;
}

export function isFault(answer: object): answer is Fault {
  // Audio is looked at first: with each frame, and `in` takes long there.
  return !(answer instanceof Uint8Array) && 'code' in answer && 'message' in answer;
}

/** How much of a device's own text an error may repeat. */
const SHOWN_MAX = 40;

/** "start.language is 'xx', expected ..." */
export function complain(what: string, value: unknown, expected: string): string {
  return `${what} is ${show(value)}, expected ${expected}`;
}

/** A value as a sentence names it: what a device wrote is cut and printable. */
export function show(value: unknown): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'string') return `'${printable(value)}'`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return `${value}`;
  return Array.isArray(value) ? 'an array' : 'an object';
}

/** Cut, and without what could forge a line of a log or steer a terminal. */
function printable(text: string): string {
  const cut = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
}
