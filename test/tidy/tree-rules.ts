/**
 * Tree rules: what holds for every file that is or may be tracked, code or not.
 */
import type { Offence, Rule } from './rule.ts';
import { matches, offence } from './rule.ts';
import type { Source } from './source.ts';

const FOLDERS = ['.ci', 'bench', 'clients', 'deploy', 'grafana', 'scripts', 'src', 'test'];

/** A path of somebody's machine; not a part of a longer path, nor of a URL. */
const MACHINE_PATH = /(?<![\w.)}\]/-])\/(?:work|tmp|home|root)(?![\w-])/g;
/** Spelt so that it doesn't find itself. */
const BESIDE = /\.\.\/sha[r]ed\b/g;
const UNFINISHED = /\b(?:TO[D]O|FIX[M]E)\b/g;

const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** Every version in a package.json, as `name` and what is asked of it; overrides may be nested. */
function versionsIn(json: unknown): [name: string, version: string][] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : versionsIn(value),
  );
}

function inexact(source: Source): Offence[] {
  const json: { [section: string]: unknown } = JSON.parse(source.text);
  const asked = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'].flatMap(
    (section) => versionsIn(json[section]),
  );
  return asked
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) =>
      offence(source, source.text.indexOf(`"${name}": "${version}"`), `${name} ${version}`),
    );
}

export const TREE_RULES: readonly Rule[] = [
  {
    rule: 'nothing is left to be done later: no marker words for it',
    why: 'what is worth doing is done or is not in the file',
    check: (tree) => tree.flatMap((source) => matches(source, UNFINISHED, 'text')),
    planted: {
      'src/a.ts': `\n// TO${'DO'}: bound it`,
      'README.md': `FIX${'ME'}\nTODOS and mastodon`,
    },
    found: ['src/a.ts:2', 'README.md:1'],
  },
  {
    rule: 'no file names a path of the machine it was written on',
    why: 'it is somewhere else on every other one',
    check: (tree) => [
      ...tree.flatMap((source) => matches(source, MACHINE_PATH, 'text')),
      ...tree.flatMap((source) => matches(source, BESIDE, 'text')),
    ],
    planted: {
      'src/a.ts': `const a = '/wo${'rk'}/main';\nconst b = 'src/work/b.ts';`,
      'README.md': `cd /ho${'me'}/me\nsee ../sha${'red'}/design\nhttp://host/home and /workers`,
    },
    found: ['src/a.ts:1', 'README.md:1', 'README.md:2'],
  },
  {
    rule: 'package.json names exact versions only',
    why: 'what was tested is what runs',
    check: (tree) => tree.filter(({ path }) => path === 'package.json').flatMap(inexact),
    planted: {
      'package.json': `{
        "version": "0.1.0",
        "dependencies": { "a": "1.2.3",
          "b": "^1.2.3",
          "c": "npm:@d/e@20.30.0-unofficial.0" },
        "devDependencies": { "f": "latest" },
        "overrides": { "a": { "g": "npm:noop@1.0.1",
          "h": "1.x" } }
      }`,
    },
    found: ['package.json:4', 'package.json:6', 'package.json:8'],
  },
  {
    rule: `the folders at the top are ${FOLDERS.join(', ')}`,
    why: 'a reader finds a thing where the architecture says it is',
    check: (tree) =>
      tree
        .filter(({ path }) => path.includes('/') && !FOLDERS.includes(path.split('/', 1).join('')))
        .map(({ path }) => `${path}:1`),
    planted: { 'src/a.ts': '', 'docs/a.md': '', 'package.json': '{}' },
    found: ['docs/a.md:1'],
  },
];
