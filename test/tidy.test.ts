/**
 * Tidy: the rules of the tree, each a row in tidy/*-rules.ts, over the real tree.
 *
 * Each row also brings a small tree that breaks its rule, so that the rule is seen to fail.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FORM_RULES } from './tidy/form-rules.ts';
import { IMPORT_RULES } from './tidy/import-rules.ts';
import { treeOf } from './tidy/rule.ts';
import type { Source } from './tidy/source.ts';
import { sourceOf } from './tidy/source.ts';
import { TREE_RULES } from './tidy/tree-rules.ts';

const RULES = [...IMPORT_RULES, ...FORM_RULES, ...TREE_RULES].map(
  (row) => [row.rule, row] as const,
);
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** All that is tracked or may be, and is text. */
function realTree(): Source[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const paths = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  return [...new Set(paths)]
    .filter((path) => path !== '' && existsSync(ROOT + path))
    .map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') }))
    .filter(({ text }) => !text.includes('\0'))
    .map(({ path, text }) => sourceOf(path, text));
}

const cache: Source[] = [];
/** Reading it takes a second: once is enough. */
function tree(): readonly Source[] {
  if (cache.length === 0) cache.push(...realTree());
  return cache;
}

describe('the tree', () => {
  it('is there', () => {
    expect(tree().map(({ path }) => path)).toContain('test/tidy.test.ts');
  });

  it.each(RULES)('keeps: %s', (_, { check, why }) => {
    expect(check(tree()), why).toEqual([]);
  });
});

describe('a planted offence is found', () => {
  it.each(RULES)('against: %s', (_, { check, planted, found }) => {
    const places = check(treeOf(planted)).map((offence) => offence.split(' ', 1).join(''));
    expect(places).toEqual(found);
  });
});

describe('sourceOf()', () => {
  const code = (text: string): string => sourceOf('a.ts', text).code;

  it('blanks comments and what literals hold, and nothing else', () => {
    expect(code("a('b') // c")).toBe("a(' ')     ");
    expect(code('"it\\"s" /* b\n */ + c')).toBe('"     "     \n    + c');
    expect(code("/[/']/.test(a) / b / 'c'")).toBe("/    /.test(a) / b / ' '");
  });

  it('keeps the code inside a template, however deep', () => {
    const holes = (text: string): string => text.replaceAll('@', '$');
    expect(code(holes('`a @{b({ c: `d @{e}` })} f` + g'))).toBe(
      holes('`  @{b({ c: `  @{e}` })}  ` + g'),
    );
  });

  it('keeps every character in its place', () => {
    for (const { path, text, code } of tree()) {
      if (path.endsWith('.ts')) expect(code.length, path).toBe(text.length);
    }
  });

  it('finds imports over several lines, of types, for effect and by call, and no others', () => {
    const { imports } = sourceOf(
      'a.ts',
      [
        "import type {\n  A,\n  B, // it's\n} from './a.ts';",
        "import './b.ts';",
        "const c = await import('./c.ts');",
        "export * from './d.ts';",
        "export const e = './e.ts';",
        "const text = `import './f.ts';`;",
      ].join('\n'),
    );
    expect(imports.map(({ from, isType }) => `${from}${isType ? ' type' : ''}`)).toEqual([
      './a.ts type',
      './b.ts',
      './c.ts',
      './d.ts',
    ]);
  });
});
