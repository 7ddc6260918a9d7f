/**
 * Credentials: whether Google's libraries would find any here, and where calls would go.
 *
 * It looks where they look, in their order, but asks nobody: the metadata server of a Google machine
 * is known by the machine, not by waiting for an answer. That they are accepted only a call can tell.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Version } from './driver.ts';
import type { Place } from './library.ts';

export type Env = Readonly<Record<string, string | undefined>>;

interface Found {
  /** Where they are, in words. */
  readonly where: string;
  /** As the file says; undefined when it says none. */
  readonly project: string | undefined;
}

/** Credentials, or in a sentence why there are none. */
export type Credentials = Found | { readonly none: string };

/** Where a Google machine says what it is. */
const PRODUCT_FILE = '/sys/class/dmi/id/product_name';
/** Set where Google runs containers and functions. */
const SERVERLESS = ['K_SERVICE', 'CLOUD_RUN_JOB', 'FUNCTION_NAME', 'GAE_SERVICE'];

export function findCredentials(env: Env, productFile: string = PRODUCT_FILE): Credentials {
  const named = env['GOOGLE_APPLICATION_CREDENTIALS'] ?? env['google_application_credentials'];
  if (named !== undefined && named !== '') {
    const found = readKey(named, 'GOOGLE_APPLICATION_CREDENTIALS', env);
    return found ?? { none: `GOOGLE_APPLICATION_CREDENTIALS is '${named}', expected a key file` };
  }
  const known = wellKnownFile(env);
  const login = known !== undefined && readKey(known, "gcloud's login", env);
  if (login) return login;
  if (isGoogleMachine(env, productFile)) {
    return { where: 'the service account of this machine', project: projectOf(env) };
  }
  return { none: 'no credentials of Google were found' };
}

function readKey(path: string, where: string, env: Env): Found | undefined {
  try {
    const key: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof key !== 'object' || key === null) return undefined;
    const { project_id: own, quota_project_id: quota } = key as {
      project_id?: unknown;
      quota_project_id?: unknown;
    };
    const project = [own, quota].find((each) => typeof each === 'string') as string | undefined;
    return { where, project: projectOf(env) ?? project };
  } catch {
    return undefined;
  }
}

function projectOf(env: Env): string | undefined {
  return env['GOOGLE_CLOUD_PROJECT'] || env['GCLOUD_PROJECT'] || undefined;
}

function wellKnownFile(env: Env): string | undefined {
  const name = 'application_default_credentials.json';
  const roaming = env['APPDATA'];
  if (roaming !== undefined && roaming !== '') return join(roaming, 'gcloud', name);
  const home = env['HOME'];
  return home === undefined || home === '' ? undefined : join(home, '.config', 'gcloud', name);
}

function isGoogleMachine(env: Env, productFile: string): boolean {
  if (SERVERLESS.some((name) => env[name] !== undefined)) return true;
  try {
    return existsSync(productFile) && /^Google/.test(readFileSync(productFile, 'utf8'));
  } catch {
    return false;
  }
}

const TLS_PORT = 443;

/** Where calls go: to `endpoint` if one is given, in plaintext if it is on this machine. */
export function placeOf(
  endpoint: string | undefined,
  {
    version,
    location,
    project,
  }: { version: Version; location: string; project: string | undefined },
): Place {
  const isRegional = version === 'v2' && location !== 'global';
  const usual = `${isRegional ? `${location}-` : ''}speech.googleapis.com`;
  const { host, port } = split(endpoint ?? usual);
  return { host, port, isPlain: endpoint !== undefined && isLoopback(endpoint), project };
}

export function isLoopback(endpoint: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/.test(split(endpoint).host);
}

function split(endpoint: string): { readonly host: string; readonly port: number } {
  const [, host = endpoint, port] = /^(.*?)(?::(\d+))?$/.exec(endpoint) ?? [];
  return { host, port: port === undefined ? TLS_PORT : Number(port) };
}
