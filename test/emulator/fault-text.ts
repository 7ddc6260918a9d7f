/**
 * Fault text: a rule of the fault script as words on a command line.
 *
 *   do=unavailable stream=3 at=audio:2500
 *   do=rst-stream:8 every=10 at=half-close
 *   do=late:60000 chance=0.05 at=final:2 times=4
 */
import type { Fault, Moment, Opening, Rule } from './faults.ts';
import type { CodeName, EndName } from './limits.ts';
import { CODE, ENDS } from './limits.ts';

const KEYS = ['do', 'at', 'stream', 'every', 'version', 'chance', 'times'];

/** The rule that a text describes. Throws a RangeError that names what can't be understood. */
export function parseRule(text: string): Rule {
  const words = new Map<string, string>();
  for (const word of text.trim().split(/[\s,]+/)) {
    const [key = '', value] = split(word, '=');
    if (!KEYS.includes(key) || value === undefined) {
      throw new RangeError(`'${word}' is no part of a fault, expected ${KEYS.join('=, ')}=`);
    }
    words.set(key, value);
  }
  const chance = words.get('chance');
  const times = words.get('times');
  return {
    what: parseFault(words.get('do') ?? ''),
    when: parseMoment(words.get('at') ?? 'open'),
    which: parseWhich(words),
    ...(chance === undefined ? {} : { chance: numberOf('chance', chance, 1) }),
    ...(times === undefined ? {} : { timesMax: numberOf('times', times) }),
  };
}

function parseFault(text: string): Fault {
  const [kind = '', value] = split(text, ':');
  switch (kind) {
    case 'rst-stream':
      return { kind, errorCode: numberOf(kind, value ?? '2', 13, 1) };
    case 'slow-read':
      return { kind, bytesPerSecond: numberOf(kind, value ?? '0') };
    case 'late':
      return { kind, ms: numberOf(kind, value ?? '60000') };
    case 'goaway':
    case 'cut':
    case 'hang':
      return { kind };
    default:
      return parseEnd(kind);
  }
}

function parseEnd(name: string): Fault {
  const code = name.toUpperCase().replaceAll('-', '_');
  if (isCode(code)) return { kind: 'status', code };
  if (isEnd(name)) return { kind: 'limit', limit: name };
  const kinds = 'rst-stream, goaway, cut, slow-read, hang, late';
  const ends = Object.keys(ENDS.v1).join(', ');
  throw new RangeError(`do=${name}, expected ${kinds}, ${ends}, or a status as out-of-range`);
}

function isCode(name: string): name is CodeName {
  return Object.hasOwn(CODE, name);
}

function isEnd(name: string): name is EndName {
  return Object.hasOwn(ENDS.v1, name);
}

function parseMoment(text: string): Moment {
  const [at, value] = split(text, ':');
  switch (at) {
    case 'open':
    case 'half-close':
      return { at };
    case 'audio':
    case 'wall':
      return { at, ms: numberOf(at, value ?? '') };
    case 'final':
    case 'interim':
      return { at, nth: numberOf(at, value ?? '1') };
    default:
      throw new RangeError(
        `at=${at}, expected open, audio:MS, wall:MS, half-close, final:N or interim:N`,
      );
  }
}

function parseWhich(words: ReadonlyMap<string, string>): (opening: Opening) => boolean {
  const stream = words.get('stream');
  const every = words.get('every');
  const version = words.get('version');
  const [first = '1', last] = split(stream ?? '', '-');
  const low = stream === undefined ? 1 : numberOf('stream', first);
  const high = last === undefined ? low : numberOf('stream', last);
  const step = every === undefined ? 1 : numberOf('every', every, undefined, 1);
  return ({ nth, version: own }) => {
    if (version !== undefined && version !== own) return false;
    if (stream !== undefined && (nth < low || nth > high)) return false;
    return nth % step === 0;
  };
}

function split(text: string, by: string): [string, string | undefined] {
  const at = text.indexOf(by);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + by.length)];
}

function numberOf(what: string, text: string, max = Number.MAX_SAFE_INTEGER, min = 0): number {
  const number = Number(text);
  if (text !== '' && number >= min && number <= max) return number;
  throw new RangeError(`${what} is '${text}', expected a number from ${min} to ${max}`);
}
