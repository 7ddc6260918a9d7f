/**
 * Match: whether a message has what a case asks of it.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from './case.ts';

/** What of `want` isn't in `got`, for people; undefined when all is. A null asks that it be absent. */
export function missing(want: Json, got: Json): string | undefined {
  for (const [name, value] of Object.entries(want)) {
    const found = got[name];
    if (value === null ? found === undefined : isIn(value, found)) continue;
    return `${name} is ${JSON.stringify(found)}, expected ${JSON.stringify(value)}`;
  }
  return undefined;
}

function isIn(value: unknown, found: unknown): boolean {
  if (isJson(value) && isJson(found)) return missing(value, found) === undefined;
  return isDeepStrictEqual(value, found);
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
