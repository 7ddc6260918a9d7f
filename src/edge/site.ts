/**
 * Site: the live page's files, as the listener shows them.
 *
 * The page's modules are served as the compiler made them, and those that they import with them:
 * what a browser may load is what it needs, and nothing else of the server. All is read once.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { builtUrl } from '../built.ts';
import { EarshotError, messageOf } from '../errors.ts';

export interface SiteFile {
  readonly headers: { readonly ETag: string; readonly [name: string]: string };
  readonly body: string;
}

/** By path. */
export type Site = ReadonlyMap<string, SiteFile>;

/** What is no module, by its path for browsers: where it is from the folder `dist`, and its type. */
const PLAIN: readonly (readonly [path: string, file: string, type: string])[] = [
  ['/', '../src/page/page.html', 'text/html'],
  ['/page/page.css', '../src/page/page.css', 'text/css'],
  ['/page/icon.svg', '../src/page/icon.svg', 'image/svg+xml'],
];

/** Modules that nothing imports: the page's own, and the one that runs beside its audio. */
const ENTRIES = ['/page/main.js', '/page/worklet.js'];

/** No script, style or connection but the server's own, and no frame around the page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Throws `page_missing` when the build hasn't made what the page needs. */
export function readSite(): Site {
  const modules = modulesOf(ENTRIES);
  const preload = [...modules.keys()].map((path) => `<${path}>; rel=modulepreload`).join(', ');
  const site = new Map<string, SiteFile>();
  for (const [path, file, type] of PLAIN) {
    const more = type === 'text/html' ? { ...PAGE_HEADERS, Link: preload } : {};
    site.set(path, fileOf(read(file), type, more));
  }
  for (const [path, text] of modules) site.set(path, fileOf(text, 'text/javascript'));
  return site;
}

const PAGE_HEADERS = {
  'Content-Security-Policy': POLICY,
  'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

function fileOf(body: string, type: string, more: Record<string, string> = {}): SiteFile {
  const headers = {
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    ETag: `"${createHash('sha256').update(body).digest('base64url')}"`,
    ...more,
  };
  return { headers, body };
}

const IMPORTS = /^(?:import|export)\s[^'"]*?from '(\.[^']+)';$/gm;

/** The text of each module, by path: these, and all that they import. */
function modulesOf(entries: readonly string[]): Map<string, string> {
  const modules = new Map<string, string>();
  const ahead = [...entries];
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    if (modules.has(path)) continue;
    const text = read(`src${path}`).replace(/\/\/# sourceMappingURL=.*\n?$/, '');
    modules.set(path, text);
    const folder = posix.dirname(path);
    const near = Array.from(text.matchAll(IMPORTS), ([, from = '']) => posix.join(folder, from));
    ahead.push(...near);
  }
  return modules;
}

function read(file: string): string {
  try {
    return readFileSync(builtUrl(file), 'utf8');
  } catch (error) {
    const message = `the live page lacks a file: ${messageOf(error)}; run "npm run build" in a checkout, install Earshot again, or set EARSHOT_PAGE=off`;
    throw new EarshotError('page_missing', 'edge', message, error);
  }
}
