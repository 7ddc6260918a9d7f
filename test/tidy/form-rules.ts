/**
 * Form rules: sizes, names, openings, and what the compiler is told to overlook.
 */
import { posix } from 'node:path';
import type { Rule } from './rule.ts';
import { codeIn, matches, offence } from './rule.ts';

const LINES_MAX = 300;
/** One table each, and a line more is a setting or a series more. */
const TABLES = ['src/config.ts', 'src/metrics.ts'];

const OPENING_LINES_MAX = 10;
const OPENING = /^(?:#![^\n]*\n)?\/\*\*\n \* (?:[^\s:][^:\n]*): [\s\S]*?\n \*\/\n/;

/** Folders and files that say nothing of what is in them. */
const SHAPELESS = /^(?:utils?|helpers?|common|misc|managers?|shared|lib)$/;
/** Words that stand where a role should. */
const EMPTY_WORDS = /^(?:manager|handler|helper|util|impl|service|wrapper)s?$/;

/** Kotlin, Java and Android name a file after the class that it holds. */
const AFTER_CLASS = /^clients\/android\/.*\.(?:kt|java)$/;
const KEBAB = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/;
/** Names that tools and readers expect as they are. */
const SHOUTED = [
  'AndroidManifest.xml',
  'README.md',
  'LICENSE',
  'PROTOCOL.md',
  'CHANGELOG.md',
  'Dockerfile',
  'SECURITY.md',
];

const TYPES_ALONE = 'types alone';
const IN_CHROMIUM = 'test/page/live.browser.ts runs it, in a real browser';
/** What is left of a file of types once it is JavaScript: nothing of these. */
const RUNS = /^(?:export\s+)?(?:abstract\s+|async\s+)?(?:class|function|const|let)\b/m;

/** Sources without a test of their own at the mirrored place, and what stands in for it. */
const UNTESTED: { readonly [path: string]: string } = {
  'src/main.ts': 'runs when loaded; the commands that it calls are tested',
  'src/client/socket.ts': TYPES_ALONE,
  'src/command/serving.ts': 'test/command/server.test.ts starts one, and fleet.test.ts two',
  'src/edge/listener-http.ts': 'test/edge/listener.test.ts asks it',
  'src/fleet/messages.ts': TYPES_ALONE,
  'src/fleet/uplink.ts': 'a way between processes: test/command/fleet.test.ts uses it',
  'src/page/dom.ts': IN_CHROMIUM,
  'src/page/main.ts': IN_CHROMIUM,
  'src/page/microphone.ts': IN_CHROMIUM,
  'src/page/options-view.ts': IN_CHROMIUM,
  'src/page/page.ts': IN_CHROMIUM,
  'src/page/recording.ts': IN_CHROMIUM,
  'src/page/saving.ts': IN_CHROMIUM,
  'src/page/screen.ts': IN_CHROMIUM,
  'src/page/source.ts': TYPES_ALONE,
  'src/page/story-view.ts': IN_CHROMIUM,
  'src/page/tape-view.ts': IN_CHROMIUM,
  'src/page/transcript-view.ts': IN_CHROMIUM,
  'src/session/entry.ts': TYPES_ALONE,
  'src/session/surroundings.ts': TYPES_ALONE,
  'src/session/talk-parts.ts': TYPES_ALONE,
  'src/session/upstream-parts.ts': TYPES_ALONE,
  'src/speech/google/stream-parts.ts': TYPES_ALONE,
  'src/speech/ask.ts': TYPES_ALONE,
  'src/speech/embedded/messages.ts': TYPES_ALONE,
  'src/speech/embedded/thread.ts':
    'the entry of a thread: test/speech/embedded/recognizer.test.ts runs it',
  'src/speech/google/driver.ts': TYPES_ALONE,
  'src/speech/google/library.ts': 'test/speech/google/drivers.test.ts runs it, as every driver',
  'src/speech/recognizer.ts': TYPES_ALONE,
};

/** The words of an identifier, in lower case: `frameBytesMax` is frame, bytes, max. */
function wordsOf(identifier: string): string[] {
  return identifier
    .split(/_|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .map((word) => word.toLowerCase());
}

function testOf(path: string): string {
  return path.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts');
}

export const FORM_RULES: readonly Rule[] = [
  {
    rule: `no file has more than ${LINES_MAX} lines, the tables config.ts and metrics.ts apart`,
    why: 'all that grew out of hand began clean; nothing stopped it',
    check: (tree) =>
      codeIn(tree, 'src', 'test', 'bench', 'scripts', 'grafana')
        .filter(({ path }) => !TABLES.includes(path))
        .map((source) => ({ source, lines: source.text.split('\n').length - 1 }))
        .filter(({ lines }) => lines > LINES_MAX)
        .map(({ source, lines }) => offence(source, source.text.length, `${lines} lines`)),
    planted: {
      'src/a.ts': 'const a = 1;\n'.repeat(LINES_MAX),
      'test/b.test.ts': 'const b = 1;\n'.repeat(LINES_MAX + 1),
      'src/config.ts': 'const c = 1;\n'.repeat(LINES_MAX + 1),
    },
    found: [`test/b.test.ts:${LINES_MAX + 2}`],
  },
  {
    rule: 'no file or folder is named utils, helpers, common, misc or manager',
    why: 'a name that fits everything collects everything',
    check: (tree) =>
      tree
        .filter(({ path }) => path.split(/[/.-]/).some((word) => SHAPELESS.test(word)))
        .map(({ path }) => `${path}:1`),
    planted: { 'src/utils/a.ts': '', 'test/fakes/socket-helpers.ts': '', 'src/commons.ts': '' },
    found: ['src/utils/a.ts:1', 'test/fakes/socket-helpers.ts:1'],
  },
  {
    rule: 'file and folder names are kebab-case',
    why: 'a path can be guessed, and is the same on every file system',
    check: (tree) =>
      tree
        .filter(({ path }) =>
          (AFTER_CLASS.test(path) ? posix.dirname(path) : path)
            .split('/')
            .some((name) => !KEBAB.test(name) && !SHOUTED.includes(name)),
        )
        .map(({ path }) => `${path}:1`),
    planted: {
      'src/fooBar.ts': '',
      'src/Edge/a.ts': '',
      'test/a-b.model.test.ts': '',
      '.ci/run': '',
      'clients/android/core/Tape.kt': '',
      'clients/Core/tape.kt': '',
    },
    found: ['src/fooBar.ts:1', 'src/Edge/a.ts:1', 'clients/Core/tape.kt:1'],
  },
  {
    rule: 'no identifier says Manager, Handler, Helper, Util, Impl, Service or Wrapper',
    why: 'the word hides what the thing is',
    check: (tree) =>
      codeIn(tree, 'src', 'test', 'bench', 'scripts', 'grafana').flatMap((source) =>
        Array.from(source.code.matchAll(/[A-Za-z_$][\w$]*/g))
          .filter(([identifier]) => wordsOf(identifier).some((word) => EMPTY_WORDS.test(word)))
          .map((match) => offence(source, match.index, match[0])),
      ),
    planted: {
      'src/a.ts': [
        '/** Unlike a SessionManager. */',
        'class SessionManager {}',
        "const handlers = ['Handler'];",
        'const UTIL_MAX = 1;',
        'const serviced = 1;',
      ].join('\n'),
    },
    found: ['src/a.ts:2', 'src/a.ts:3', 'src/a.ts:4'],
  },
  {
    rule: `every file opens with "Name: what it is for", in at most ${OPENING_LINES_MAX} lines`,
    why: 'a reader decides by the first line whether to read on',
    check: (tree) =>
      codeIn(tree, 'src', 'bench', 'scripts', 'grafana').flatMap((source) => {
        const opening = OPENING.exec(source.text)?.[0];
        if (opening === undefined) return [offence(source, 0, 'no opening')];
        const lines = opening.split('\n').filter((line) => line.startsWith(' * ')).length;
        return lines > OPENING_LINES_MAX ? [offence(source, 0, `${lines} lines`)] : [];
      }),
    planted: {
      'src/a.ts': '/**\n * Alarm: rings.\n */\n',
      'src/main.ts': '#!/usr/bin/env node\n/**\n * Main: the command line.\n */\n',
      'src/b.ts': 'export const b = 1;',
      'src/c.ts': '/**\n * What it is.\n */\nconst c: number = 1;\n/** c */\n',
      'src/d.ts': `/**\n * D: long.\n${' * line\n'.repeat(OPENING_LINES_MAX)} */\n`,
    },
    found: ['src/b.ts:1', 'src/c.ts:1', 'src/d.ts:1'],
  },
  {
    rule: 'every source has its test at the mirrored place, or a reason in UNTESTED',
    why: 'a module is covered by its own test, and a reader knows where that is',
    check: (tree) => {
      const sources = new Map(codeIn(tree, 'src', 'test').map((source) => [source.path, source]));
      const missing = codeIn(tree, 'src')
        .filter(({ path }) => UNTESTED[path] === undefined && !sources.has(testOf(path)))
        .map((source) => offence(source, 0, `has no ${testOf(source.path)}`));
      const stale = Object.entries(UNTESTED).flatMap(([path, reason]) => {
        if (!sources.has(path)) return `${path}:1 is in UNTESTED and not in the tree`;
        if (sources.has(testOf(path))) return `${path}:1 is in UNTESTED and has a test`;
        const runs = RUNS.test(sources.get(path)?.code ?? '');
        return reason === TYPES_ALONE && runs ? `${path}:1 has more than types` : [];
      });
      return [...missing, ...stale];
    },
    planted: {
      ...Object.fromEntries(Object.keys(UNTESTED).map((path) => [path, 'export type A = 1;'])),
      'src/edge/a.ts': '',
      'src/edge/b.ts': '',
      'test/edge/b.test.ts': '',
      'test/main.test.ts': '',
      'src/client/socket.ts': 'export const a = 1;',
    },
    found: ['src/edge/a.ts:1', 'src/main.ts:1', 'src/client/socket.ts:1'],
  },
  {
    rule: 'no test is skipped, alone or still to be written',
    why: 'a green run means that every sentence holds',
    check: (tree) =>
      codeIn(tree, 'test').flatMap((source) =>
        matches(source, /\.(?:skip|only|todo|skipIf|runIf)\b|\bx(?:it|test|describe)\b/g, 'code'),
      ),
    planted: {
      'test/a.test.ts': [
        "it.skip('a', run);",
        "describe.only('b', run);",
        "it('skips silence, it.only once', run);",
        "it.skipIf(slow)('d', run);",
      ].join('\n'),
    },
    found: ['test/a.test.ts:1', 'test/a.test.ts:2', 'test/a.test.ts:4'],
  },
  {
    rule: 'tests neither sleep nor replace modules',
    why: 'time is a FakeClock, and a fake is a class that the code is given',
    check: (tree) =>
      codeIn(tree, 'test').flatMap((source) => [
        ...matches(source, /(?<![.\w$])set(?:Timeout|Interval)\b/g, 'code'),
        ...matches(
          source,
          /\bvi\s*\.\s*(?:mock|doMock|hoisted|stubGlobal|useFakeTimers)\b/g,
          'code',
        ),
        ...source.imports
          .filter(({ from }) => from.startsWith('node:timers'))
          .map(({ at, from }) => offence(source, at, from)),
      ]),
    planted: {
      'test/a.test.ts': [
        'await new Promise((resolve) => setTimeout(resolve, 50));',
        "vi.mock('../src/clock.ts');",
        "import { setTimeout } from 'node:timers/promises';",
      ].join('\n'),
    },
    found: ['test/a.test.ts:1', 'test/a.test.ts:3', 'test/a.test.ts:2', 'test/a.test.ts:3'],
  },
  {
    rule: 'the compiler is told to overlook nothing: no @ts comment, no any, no !, no double as',
    why: 'what the types say is then true',
    check: (tree) =>
      codeIn(tree, 'src', 'test', 'bench', 'scripts', 'grafana').flatMap((source) => [
        ...matches(source, /@ts-(?:ignore|expect-error|nocheck)/g, 'text'),
        ...matches(source, /\bas\s+any\b|[:<|]\s*any\b|\bany\[\]/g, 'code'),
        ...matches(source, /[\w$)\]]!(?!=)/g, 'code'),
        ...matches(source, /\bas\s+unknown\s+as\b/g, 'code'),
      ]),
    planted: {
      'src/a.ts': [
        '// @ts-' + 'ignore',
        'const a = b as any;',
        'const c: any = d;',
        'e!.f();',
        'const g = h as unknown as I;',
        "if (!j || k !== l) m('n!'); // any word!",
      ].join('\n'),
    },
    found: ['src/a.ts:1', 'src/a.ts:2', 'src/a.ts:3', 'src/a.ts:4', 'src/a.ts:5'],
  },
];
