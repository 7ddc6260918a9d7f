/**
 * Rule: a sentence about the tree, a check that finds what breaks it, and a planted offence.
 */
import { posix } from 'node:path';
import type { Import, Source } from './source.ts';
import { lineOf, sourceOf } from './source.ts';

/** Where something breaks a rule: `src/a.ts:3 what`. */
export type Offence = string;

export interface Rule {
  readonly rule: string;
  readonly why: string;
  check(tree: readonly Source[]): Offence[];
  /** Files that break the rule here and there, by path. */
  readonly planted: { readonly [path: string]: string };
  /** `path:line` of all that must be found there, and nothing else. */
  readonly found: readonly string[];
}

export function treeOf(files: { readonly [path: string]: string }): Source[] {
  return Object.entries(files).map(([path, text]) => sourceOf(path, text));
}

/** TypeScript in any of these folders. */
export function codeIn(tree: readonly Source[], ...folders: readonly string[]): Source[] {
  return tree.filter(
    ({ path }) => path.endsWith('.ts') && folders.some((folder) => path.startsWith(`${folder}/`)),
  );
}

export function offence({ path, text }: Source, at: number, what: string): Offence {
  return `${path}:${lineOf(text, at)} ${what}`;
}

/** Every match of `pattern` (with the flag g) in what the rule looks at. */
export function matches(source: Source, pattern: RegExp, look: 'code' | 'text'): Offence[] {
  return Array.from(source[look].matchAll(pattern), (match) =>
    offence(source, match.index, match[0].trim()),
  );
}

/** The path that a relative import leads to, or undefined for a package. */
export function targetOf(path: string, { from }: Import): string | undefined {
  return from.startsWith('.') ? posix.join(posix.dirname(path), from) : undefined;
}

/** Offences of imports: `judge` says what is wrong with one, or undefined. */
export function imports(
  sources: readonly Source[],
  judge: (source: Source, one: Import) => string | undefined,
): Offence[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((one) => {
      const wrong = judge(source, one);
      return wrong === undefined ? [] : [offence(source, one.at, wrong)];
    }),
  );
}
