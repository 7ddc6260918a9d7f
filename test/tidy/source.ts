/**
 * Source: a file of the tree, as the rules read it.
 *
 * In `code` comments and what literals hold are blanked, so that a rule about code finds code and not
 * words about it. Every character keeps its place: a place in `code` is the same place in `text`.
 */

interface Literal {
  /** Where its opening quote stands. */
  readonly at: number;
  readonly value: string;
}

export interface Import {
  readonly at: number;
  /** As it is written: `./frame.ts`, `node:fs`, `zod`. */
  readonly from: string;
  /** Whether only types are imported. */
  readonly isType: boolean;
  readonly isExport: boolean;
}

export interface Source {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Empty for what is not TypeScript, as are the imports. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export function sourceOf(path: string, text: string): Source {
  if (!path.endsWith('.ts')) return { path, text, code: '', imports: [] };
  const { code, literals } = read(text);
  return { path, text, code, imports: importsOf(code, literals) };
}

/** The line, from 1, of a place in a text. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|^#![^\n]*/y;
const STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y;
const REGEX = /\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;
const TEMPLATE = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/y;
const WORD = /[\w$#]+|\s+/y;

/** After these a slash begins a regular expression; after anything else it divides. */
const BEFORE_REGEX = /(?:^|[([{},;=:!&|?+\-*%<>~^]|\b(?:return|typeof|case|of|in|throw|await))\s*$/;

/** Reads code piece by piece; what isn't a literal or a comment is kept as it is. */
function read(text: string): { code: string; literals: Literal[] } {
  const literals: Literal[] = [];
  /** Braces that are open: in all, and in the code of each template that is open. */
  const braces = [0];
  let code = '';
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = code.length;
    return pattern.exec(text)?.[0] ?? '';
  };
  const keep = (piece: string, edge: number): void => {
    const inner = piece.slice(edge, piece.length - edge).replace(/[^\n]/g, ' ');
    code += piece.slice(0, edge) + inner + piece.slice(piece.length - edge);
  };
  const template = (): void => {
    keep(take(TEMPLATE), 0);
    const isCode = text.startsWith('${', code.length);
    if (isCode) braces.push(0);
    code += isCode ? '${' : '`';
  };
  while (code.length < text.length) {
    const at = code.length;
    const next = text[at] ?? '';
    const comment = take(COMMENT);
    const string = take(STRING);
    const regex = BEFORE_REGEX.test(code.slice(-80)) ? take(REGEX) : '';
    const open = braces.length - 1;
    if (comment !== '') keep(comment, 0);
    else if (string !== '') {
      literals.push({ at, value: string.slice(1, -1) });
      keep(string, 1);
    } else if (regex !== '') keep(regex, 1);
    else if (next === '`') {
      code += next;
      template();
    } else if (next === '}' && open > 0 && braces[open] === 0) {
      braces.pop();
      code += next;
      template();
    } else {
      if (next === '{') braces[open] = (braces[open] ?? 0) + 1;
      if (next === '}') braces[open] = (braces[open] ?? 0) - 1;
      code += take(WORD) || next;
    }
  }
  return { code: code.slice(0, text.length), literals };
}

/** What stands before the literal that names what is imported. */
const STATEMENT = /(?:^|[;\n])[ \t]*(?:(import|export)\b([\w\s{},*$]*?)\bfrom|import)\s*$/;
const CALL = /(?:\b(?:import|require|resolve)|\))\s*\(\s*$/;

function importsOf(code: string, literals: readonly Literal[]): Import[] {
  return literals.flatMap(({ at, value: from }) => {
    const before = code.slice(Math.max(0, at - 2_000), at);
    const [statement, word, names = ''] = STATEMENT.exec(before) ?? [];
    if (statement === undefined && !CALL.test(before)) return [];
    const isType = /^\s+type\b/.test(names);
    return [{ at, from, isType, isExport: word === 'export' }];
  });
}
