/**
 * Import rules: who may know whom.
 */
import type { Offence, Rule } from './rule.ts';
import { codeIn, imports, matches, offence, targetOf } from './rule.ts';
import type { Source } from './source.ts';

/** Folders of src, `root` for the files beside them, and what each may import. */
const MAY_IMPORT: { readonly [layer: string]: readonly string[] } = {
  root: ['root', 'wire'],
  wire: ['wire'],
  speech: ['speech', 'wire', 'root'],
  session: ['session', 'speech', 'wire', 'root'],
  edge: ['edge', 'session', 'wire', 'root'],
  client: ['client', 'wire', 'root'],
  page: ['page', 'client', 'wire', 'root'],
  fleet: ['fleet', 'speech', 'wire', 'root'],
  command: ['command', 'client', 'edge', 'session', 'speech', 'fleet', 'wire', 'root'],
  main: ['command', 'client', 'edge', 'session', 'speech', 'fleet', 'wire', 'root'],
};

/** Packages, and the one file or folder that knows each. */
const OWNERS: { readonly [name: string]: string } = {
  'uWebSockets.js': 'src/edge/listener',
  'sherpa-onnx-node': 'src/speech/embedded/',
  '@google-cloud/speech': 'src/speech/google/',
  '@grpc/grpc-js': 'src/speech/google/',
  'p-queue': 'src/speech/',
  'prom-client': 'src/metrics.ts',
  jose: 'src/edge/jwt.ts',
  'rate-limiter-flexible': 'src/edge/gate.ts',
  pino: 'src/log.ts',
  zod: 'src/wire/message.ts',
  ws: 'src/client/node.ts',
  commander: 'src/main.ts',
  'cli-progress': 'src/command/',
};

/** Globals, and the one file that touches each. */
const GLOBALS: readonly (readonly [pattern: RegExp, owner: string])[] = [
  [/\bprocess\s*\.\s*env\b|=\s*process\s*;/g, 'src/main.ts'],
  [/\bMath\s*\.\s*random\b/g, 'src/chance.ts'],
  [/\bprocess\s*\.\s*(?:stdout|stderr)\b|(?<![.\w$])console\b/g, 'src/log.ts'],
  [/(?:globalThis\.|(?<![.\w$]))(?:Date|performance)\b|\bprocess\s*\.\s*hrtime\b/g, 'src/clock.ts'],
  [/(?:globalThis\.|(?<![.\w$]))set(?:Timeout|Interval|Immediate)\b/g, 'src/clock.ts'],
];

/** Modules of Node that are another way to those globals. */
const BACK_DOORS = /^node:(?:process|console|timers|timers\/promises|perf_hooks)$/;
/** The one file that may ask how busy the event loop is: nobody waits by it. */
const VITALS = 'src/vitals.ts';
const CLOCK = 'src/clock.ts';

/** What of the wire the client may use at run time; types come from anywhere in it. */
const CLIENT_VALUES = ['src/wire/limits.ts', 'src/wire/close.ts'];
/** What of the root files it may use. */
const CLIENT_ROOT = ['src/chance.ts', 'src/clock.ts'];
/** The one file of the client that runs on Node alone. */
const CLIENT_NODE = 'src/client/node.ts';
/** What the package offers to others, who must be able to name its types. */
const ENTRIES = [CLIENT_NODE, 'src/client/browser.ts'];

function layerOf(path: string): string | undefined {
  const [top, folder, file] = path.split('/');
  if (top !== 'src' || folder === undefined) return undefined;
  if (file !== undefined) return folder;
  return folder === 'main.ts' ? 'main' : 'root';
}

function packageOf(from: string): string {
  return from.split('/', from.startsWith('@') ? 2 : 1).join('/');
}

/** Imports that close a circle, each once. */
function cycles(sources: readonly Source[]): Offence[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const found: Offence[] = [];
  const done = new Set<string>();
  const visit = (source: Source, trail: readonly string[]): void => {
    if (done.has(source.path)) return;
    const way = [...trail, source.path];
    for (const one of source.imports) {
      const target = targetOf(source.path, one) ?? '';
      const next = byPath.get(target);
      if (way.includes(target)) {
        const circle = [...way.slice(way.indexOf(target)), target].join(' -> ');
        found.push(offence(source, one.at, circle));
      } else if (next !== undefined) visit(next, way);
    }
    done.add(source.path);
  };
  for (const source of sources) visit(source, []);
  return found;
}

export const IMPORT_RULES: readonly Rule[] = [
  {
    rule: 'imports follow the frame: edge -> session -> speech, with wire and the root files below all',
    why: 'who follows a frame through the tree never has to turn back; results return by callback',
    check: (tree) =>
      imports(codeIn(tree, 'src'), ({ path }, one) => {
        const target = targetOf(path, one);
        if (target === undefined) return undefined;
        const layer = layerOf(path) ?? '';
        const allowed = MAY_IMPORT[layer];
        if (allowed === undefined) return `${layer} is no layer of MAY_IMPORT`;
        const to = layerOf(target) ?? 'the outside of src';
        return allowed.includes(to) ? undefined : `${layer} imports ${to}`;
      }),
    planted: {
      'src/session/a.ts': "import { b } from '../speech/b.ts';\nimport { c } from '../edge/c.ts';",
      'src/wire/a.ts': "\nimport type { Log } from '../log.ts';",
      'src/clock.ts': "import { a } from '../test/fakes/a.ts';",
      'src/edge/a.ts': "const { choose } = await import('../speech/choose.ts');",
      'src/novel/a.ts': "export type { A } from '../log.ts';",
    },
    found: [
      'src/session/a.ts:2',
      'src/wire/a.ts:2',
      'src/clock.ts:1',
      'src/edge/a.ts:1',
      'src/novel/a.ts:1',
    ],
  },
  {
    rule: 'nobody imports main',
    why: 'it runs when it is loaded',
    check: (tree) =>
      imports(codeIn(tree, 'src', 'test', 'bench', 'scripts', 'grafana'), ({ path }, one) =>
        targetOf(path, one) === 'src/main.ts' ? 'imports main' : undefined,
      ),
    planted: { 'test/main.test.ts': "import '../src/main.ts';\nimport '../src/mains.ts';" },
    found: ['test/main.test.ts:1'],
  },
  {
    rule: 'the client knows clock and chance, the types of the wire and its tables, and but for one file no Node',
    why: 'it runs in browsers, and must not carry the server there',
    check: (tree) =>
      imports(codeIn(tree, 'src/client'), ({ path }, one) => {
        const target = targetOf(path, one) ?? '';
        if (one.from.startsWith('node:')) return path === CLIENT_NODE ? undefined : one.from;
        const layer = layerOf(target);
        if (layer === 'root') return CLIENT_ROOT.includes(target) ? undefined : target;
        const isFine = layer !== 'wire' || one.isType || CLIENT_VALUES.includes(target);
        return isFine ? undefined : `${target}, and not only its types`;
      }),
    planted: {
      'src/client/a.ts': [
        "import type { Ack } from '../wire/message.ts';",
        "import { parseMessage } from '../wire/message.ts';",
        "import { msOf } from '../wire/limits.ts';",
        "import type { Config } from '../config.ts';",
        "import { readFile } from 'node:fs';",
      ].join('\n'),
      'src/client/node.ts': "import type { IncomingMessage } from 'node:http';",
    },
    found: ['src/client/a.ts:2', 'src/client/a.ts:4', 'src/client/a.ts:5'],
  },
  {
    rule: 'each package has one owner',
    why: 'what a vendor means by its answers is translated where it enters, and nowhere else',
    check: (tree) =>
      imports(codeIn(tree, 'src'), ({ path }, { from }) => {
        if (from.startsWith('.') || from.startsWith('node:')) return undefined;
        const owner = OWNERS[packageOf(from)];
        if (owner === undefined) return `${from} has no owner in OWNERS`;
        return path.startsWith(owner) ? undefined : `${from} belongs to ${owner}`;
      }),
    planted: {
      'src/edge/door.ts': "const uws = createRequire(import.meta.url)('uWebSockets.js');",
      'src/speech/embedded/sherpa.ts': "require('sherpa-onnx-node');\nconst scheme = 'ws';",
      'src/wire/close.ts': "import type { z } from 'zod/v4';\nimport _ from 'lodash';",
    },
    found: ['src/edge/door.ts:1', 'src/wire/close.ts:1', 'src/wire/close.ts:2'],
  },
  {
    rule: 'each global has one owner: the environment, the clock, chance and the terminal',
    why: 'a test owns time, chance and settings only where they are arguments',
    check: (tree) =>
      codeIn(tree, 'src').flatMap((source) => [
        ...GLOBALS.flatMap(([pattern, owner]) =>
          source.path === owner || (source.path === VITALS && owner === CLOCK)
            ? []
            : matches(source, pattern, 'code'),
        ),
        ...imports([source], ({ path }, { from }) => {
          const isOwner = path === VITALS && from === 'node:perf_hooks';
          return BACK_DOORS.test(from) && !isOwner ? from : undefined;
        }),
      ]),
    planted: {
      'src/main.ts': 'readConfig(process.env);\nconst random = Math.random;\nconsole.log(1);',
      'src/chance.ts': 'const random = Math.random;',
      'src/session/a.ts': [
        '/** Not by Date.now() or console. */',
        'const nowMs = Date.now();',
        "log.info('set by setTimeout', performance.now());",
        'globalThis.setTimeout(run, 1);',
        "import { setTimeout } from 'node:timers/promises';",
        'const { env } = process;\nconst from = process.env;',
      ].join('\n'),
      'src/clock.ts': 'setTimeout(run, Date.now());',
    },
    found: [
      'src/main.ts:2',
      'src/main.ts:3',
      'src/session/a.ts:6',
      'src/session/a.ts:7',
      'src/session/a.ts:2',
      'src/session/a.ts:3',
      'src/session/a.ts:4',
      'src/session/a.ts:5',
      'src/session/a.ts:5',
    ],
  },
  {
    rule: 'imports make no circle',
    why: 'a circle is one file in several pieces',
    check: (tree) => cycles(codeIn(tree, 'src', 'test', 'bench', 'scripts', 'grafana')),
    planted: {
      'src/edge/a.ts': "import { b } from './b.ts';\nimport { d } from './d.ts';",
      'src/edge/b.ts': "import type { c } from './c.ts';\nimport { d } from './d.ts';",
      'src/edge/c.ts': "\nimport type { a } from './a.ts';",
      'src/edge/d.ts': 'export const d = 1;',
    },
    found: ['src/edge/c.ts:2'],
  },
  {
    rule: 'relative imports end in .ts',
    why: 'so a later Node runs the sources as they are',
    check: (tree) =>
      imports(codeIn(tree, 'src', 'test', 'bench', 'scripts', 'grafana'), ({ path }, one) =>
        targetOf(path, one)?.endsWith('.ts') === false ? one.from : undefined,
      ),
    planted: { 'src/a.ts': "import { b } from './b.ts';\nimport { c } from './c.js';" },
    found: ['src/a.ts:2'],
  },
  {
    rule: 'no default exports, vitest.config.ts apart',
    why: 'a thing has one name everywhere',
    check: (tree) =>
      tree
        .filter(({ path }) => path !== 'vitest.config.ts')
        .flatMap((source) => matches(source, /\bexport\s+default\b|\bas\s+default\b/g, 'code')),
    planted: {
      'src/a.ts': 'const a = 1;\nexport default a;\nexport { a as default };',
      'vitest.config.ts': 'export default {};',
    },
    found: ['src/a.ts:2', 'src/a.ts:3'],
  },
  {
    rule: 'no barrel files: nobody exports what another file has, but the types that the package offers',
    why: 'an import names the file that a reader opens next',
    check: (tree) => [
      ...imports(codeIn(tree, 'src', 'test', 'bench', 'scripts', 'grafana'), ({ path }, one) => {
        const isOffer = one.isType && ENTRIES.includes(path);
        return one.isExport && !isOffer ? `exports what ${one.from} has` : undefined;
      }),
      ...tree.filter(({ path }) => /(?:^|\/)index\.ts$/.test(path)).map(({ path }) => `${path}:1`),
    ],
    planted: {
      'src/a.ts': "export const a = 'b';\nexport { b } from './b.ts';\nexport * from './c.ts';",
      'src/client/node.ts': "export type { A } from './a.ts';\nexport { B } from './b.ts';",
      'src/client/tape.ts': "export type { A } from './a.ts';",
      'src/edge/index.ts': 'export const a = 1;',
    },
    found: [
      'src/a.ts:2',
      'src/a.ts:3',
      'src/client/node.ts:2',
      'src/client/tape.ts:1',
      'src/edge/index.ts:1',
    ],
  },
];
