/**
 * Readme: what the documents say is what the code does, as far as a test can tell.
 */
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fill, tables } from '../scripts/tables.ts';
import { SECRETS, SETTINGS } from '../src/config.ts';
import { socketOptions } from '../src/edge/socket-options.ts';
import { CLOSE } from '../src/wire/close.ts';
import { isFault } from '../src/wire/fault.ts';
import { FRAME_BYTES_MAX, SUBPROTOCOL, TEXT_BYTES_MAX } from '../src/wire/limits.ts';
import { GAP_REASONS, parseMessage } from '../src/wire/message.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = 'README.md';
const PROTOCOL = 'src/wire/PROTOCOL.md';
const SECURITY = 'SECURITY.md';

function textOf(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}

function all(pattern: RegExp, text: string): string[] {
  return Array.from(text.matchAll(pattern), ([whole, part]) => part ?? whole);
}

/** As GitHub makes an anchor of a heading. */
function anchorOf(heading: string): string {
  const words = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '');
  return words.replaceAll(' ', '-');
}

function anchorsOf(path: string): string[] {
  return all(/^#+ (.*)$/gm, textOf(path)).map(anchorOf);
}

/** What is wrong with a relative link of the document at `path`, or undefined. */
function problemOf(path: string, link: string): string | undefined {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? path : posix.join(posix.dirname(path), file);
  if (!existsSync(ROOT + target)) return `${link}: no ${target}`;
  const isThere = anchor === undefined || anchorsOf(target).includes(anchor);
  return isThere ? undefined : `${link}: no such heading`;
}

const OTHERS = [
  'grafana/README.md',
  'clients/README.md',
  'clients/android/README.md',
  'test/conformance/README.md',
];

describe.each([README, PROTOCOL, SECURITY, ...OTHERS])('%s', (path) => {
  it('links only to what exists', () => {
    const links = all(/\]\(([^)\s]+)\)/g, textOf(path)).filter((link) => !/^\w+:/.test(link));
    expect(links.map((link) => problemOf(path, link)).filter(Boolean)).toEqual([]);
    expect(links.length).toBeGreaterThan(0);
  });

  it('names only settings that exist', () => {
    const settings: string[] = Object.values(SETTINGS).map(({ name }) => name);
    const names = [...settings, ...SECRETS.map((name) => `${name}_FILE`), 'EARSHOT_TOKEN'];
    const named = all(/\bEARSHOT_[A-Z_]+[A-Z]\b/g, textOf(path));
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('names only scripts that package.json has', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: object };
    const named = all(/\bnpm (?:run )?((?:(?<=run )[\w:]+)|start|test)\b/g, textOf(path));
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe(README, () => {
  it('has the tables that the code makes; "npm run readme" writes them', () => {
    const readme = textOf(README);
    expect(readme).toBe(fill(readme, tables()));
  });

  it('says what happens at every setting that is a maximum', () => {
    const limits = /\n## Limits\n([\s\S]*?)\n## /.exec(textOf(README))?.[1] ?? '';
    const names = Object.values(SETTINGS).map(({ name }) => name);
    const silent = names.filter((name) => name.endsWith('_MAX') && !limits.includes(`\`${name}\``));
    expect(silent).toEqual([]);
  });

  it('imports in its example what the package exports', async () => {
    const { exports } = JSON.parse(textOf('package.json')) as { exports: { './client': object } };
    const modules = all(/"\.\/dist\/(src\/[^"]+)\.js"/g, JSON.stringify(exports['./client']));
    const names = all(/import \{ (\w+) \} from 'earshot\/client'/g, textOf(README));
    expect([modules.length > 0, names.length > 0]).toEqual([true, true]);
    for (const module of modules) {
      const exported: object = await import(`${ROOT}${module}.ts`);
      expect(Object.keys(exported), module).toEqual(expect.arrayContaining(names));
    }
  });
});

interface Shape {
  readonly type: string;
  readonly from: 'Client' | 'Server';
  readonly fields: readonly string[];
}

/** Every message of src/wire/message.ts with the names of its fields, nested ones included. */
function shapes(): Shape[] {
  const source = textOf('src/wire/message.ts');
  const fieldsOf = (block: string): string[] =>
    all(/(?<![[\w])(\w+)\??:(?!:)/g, block).filter((name) => name !== 'type');
  const start = /const start = z([\s\S]*?)\n {2}\.refine/.exec(source)?.[1] ?? '';
  const others = source.matchAll(/\n {2}(\w+): z\.object\(\{([\s\S]*?)\}\),/g);
  const server = source.matchAll(/export type \w+ = \{\s*type: '(\w+)';([^\n]*|[\s\S]*?\n)\};/g);
  return [
    { type: 'start', from: 'Client', fields: fieldsOf(start) },
    ...Array.from(others, ([, type = '', block = '']): Shape => {
      return { type, from: 'Client', fields: fieldsOf(block) };
    }),
    ...Array.from(server, ([, type = '', block = '']): Shape => {
      return { type, from: 'Server', fields: fieldsOf(block) };
    }),
  ];
}

/** The part of the protocol that describes a message: "### `type`", then the direction. */
function sectionOf({ type, from }: Shape): string {
  const sections = textOf(PROTOCOL).split(/^#{2,3} /m);
  const to = from === 'Client' ? 'server' : 'client';
  return sections.find((text) => text.startsWith(`\`${type}\`\n\n${from} to ${to}.`)) ?? '';
}

/** Names of fields at any depth. */
function keysOf(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return [];
  const own = Array.isArray(json) ? [] : Object.keys(json);
  return [...own, ...Object.values(json).flatMap(keysOf)];
}

function exampleProblem(shape: Shape, text: string): string | undefined {
  const json: { type?: unknown } = JSON.parse(text);
  if (json.type !== shape.type) return `${text} is no ${shape.type}`;
  const known = ['type', ...shape.fields, ...GAP_REASONS];
  const unknown = keysOf(json).filter((key) => !known.includes(key));
  if (unknown.length > 0) return `${text} has ${unknown.join(', ')}`;
  const isRefused = shape.from === 'Client' && isFault(parseMessage(text));
  return isRefused ? `${text} is refused` : undefined;
}

describe(PROTOCOL, () => {
  it('is read against all messages of both sides', () => {
    const types = (from: string): string[] =>
      shapes()
        .filter((shape) => shape.from === from)
        .map(({ type }) => type);
    const said = ['start', 'audio', 'finalize', 'gap', 'finish', 'keepalive', 'seen'];
    expect(types('Client')).toEqual(said);
    const source = textOf('src/wire/message.ts');
    const union = all(/\w+/g, /export type ServerMessage =([^;]*);/.exec(source)?.[1] ?? '');
    expect(types('Server')).toHaveLength(union.length);
  });

  it('describes every message, and names each of its fields', () => {
    const missing = shapes().flatMap((shape) => {
      const section = sectionOf(shape);
      if (section === '') return [`${shape.from}: ${shape.type}`];
      const silent = shape.fields.filter((field) => !section.includes(`\`${field}\``));
      return silent.map((field) => `${shape.from}: ${shape.type}.${field}`);
    });
    expect(missing).toEqual([]);
  });

  it('shows of every message an example as the code has it', () => {
    const problems = shapes().map((shape) => {
      const [example] = all(/```json\n(.*)\n```/g, sectionOf(shape));
      return example === undefined ? `${shape.type}: none` : exampleProblem(shape, example);
    });
    expect(problems.filter(Boolean)).toEqual([]);
  });

  it('shows a conversation of messages as the code has them', () => {
    const lines = all(/^([CS] \{.*)$/gm, textOf(PROTOCOL));
    const problems = lines.map((line) => {
      const from = line.startsWith('C') ? 'Client' : 'Server';
      const text = line.slice(2);
      const shape = shapes().find((one) => one.from === from && text.includes(`"${one.type}"`));
      return shape === undefined ? `${line} is unknown` : exampleProblem(shape, text);
    });
    expect(lines.length).toBeGreaterThan(10);
    expect(problems.filter(Boolean)).toEqual([]);
  });

  it('names every close code beside its number, and no other', () => {
    const rows = Array.from(
      textOf(PROTOCOL).matchAll(/^\| (\d{4}) \| `(\w+)` \|/gm),
      ([, close, word]) => `${close} ${word}`,
    );
    const codes = Object.entries(CLOSE).map(([word, { close }]) => `${close} ${word}`);
    expect(rows.toSorted()).toEqual(codes.toSorted());
  });

  it('names every reason of a gap and every code of a warning', () => {
    const codes = /type: 'warning';\s*code: ([^;]*);/.exec(textOf('src/wire/message.ts'))?.[1];
    const words = [...GAP_REASONS, ...all(/'(\w+)'/g, codes ?? '')];
    expect(words.length).toBeGreaterThan(GAP_REASONS.length);
    expect(words.filter((word) => !textOf(PROTOCOL).includes(`\`${word}\``))).toEqual([]);
  });

  it('says the limits as they are', () => {
    const protocol = textOf(PROTOCOL);
    const { maxPayloadLength } = socketOptions({ idleMsMax: 30_000, outboxBytesMax: 1_000 });
    const fixed = [FRAME_BYTES_MAX, TEXT_BYTES_MAX, maxPayloadLength];
    for (const limit of fixed) expect(protocol).toContain(`| ${limit.toLocaleString('en')} |`);
    expect(protocol).toContain(`\`${SUBPROTOCOL}\``);
    const rows = Array.from(
      protocol.matchAll(/^\| [^|]* \| ([\d,]+) \| `(EARSHOT_\w+)` \|/gm),
      ([, limit = '', name]) => `${name}=${limit.replaceAll(',', '')}`,
    );
    const defaults = Object.values(SETTINGS).map(({ name, fallback }) => `${name}=${fallback}`);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter((row) => !defaults.includes(row))).toEqual([]);
  });
});
