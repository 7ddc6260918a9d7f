import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCredentials, isLoopback, placeOf } from '../../../src/speech/google/credentials.ts';

describe('findCredentials()', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-credentials-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function file(name: string, text: string): string {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }
  const find = (env: Record<string, string>) => findCredentials(env, join(folder, 'no-product'));

  it('finds the file that is named, and its project', () => {
    const path = file('key.json', '{"type":"service_account","project_id":"tapes"}');
    expect(find({ GOOGLE_APPLICATION_CREDENTIALS: path })).toEqual({
      where: 'GOOGLE_APPLICATION_CREDENTIALS',
      project: 'tapes',
    });
    const env = { GOOGLE_APPLICATION_CREDENTIALS: path, GOOGLE_CLOUD_PROJECT: 'other' };
    expect(find(env)).toMatchObject({ project: 'other' });
  });

  it.each([
    ['is missing', undefined],
    ['is no JSON', 'key'],
    ['is no object', '3'],
  ])('says so when the file that is named %s, and looks no further', (_, text) => {
    const path = text === undefined ? join(folder, 'none') : file('bad.json', text);
    expect(find({ GOOGLE_APPLICATION_CREDENTIALS: path, CLOUD_RUN_JOB: 'x' })).toEqual({
      none: `GOOGLE_APPLICATION_CREDENTIALS is '${path}', expected a key file`,
    });
  });

  it("finds gcloud's login", () => {
    file('.config/gcloud/application_default_credentials.json', '{"quota_project_id":"mine"}');
    expect(find({ HOME: folder })).toEqual({ where: "gcloud's login", project: 'mine' });
    file('gcloud/application_default_credentials.json', '{}');
    expect(find({ APPDATA: folder })).toEqual({ where: "gcloud's login", project: undefined });
  });

  it("knows Google's machines without asking anybody", () => {
    const here = { where: 'the service account of this machine', project: undefined };
    expect(find({ CLOUD_RUN_JOB: 'x' })).toEqual(here);
    expect(findCredentials({}, file('product', 'Google Compute Engine\n'))).toEqual(here);
  });

  it('finds none elsewhere', () => {
    expect(find({})).toEqual({ none: 'no credentials of Google were found' });
    expect(find({ HOME: join(folder, 'nobody') })).toHaveProperty('none');
  });
});

describe('placeOf()', () => {
  const v2 = { version: 'v2', location: 'eu', project: 'p' } as const;

  it.each([
    ['127.0.0.1:8443', true],
    ['127.1.2.3', true],
    ['localhost:1', true],
    ['[::1]:8443', true],
    ['speech.googleapis.com', false],
    ['localhost.example.com:443', false],
    ['10.0.0.1:8443', false],
  ])('%s is on this machine: %s', (endpoint, expected) => {
    expect(isLoopback(endpoint)).toBe(expected);
    expect(placeOf(endpoint, v2).isPlain).toBe(expected);
  });

  it('is where Google is, of the region for v2, unless another is given', () => {
    expect(placeOf(undefined, v2)).toEqual({
      host: 'eu-speech.googleapis.com',
      port: 443,
      isPlain: false,
      project: 'p',
    });
    const host = (part: object) => placeOf(undefined, { ...v2, ...part }).host;
    expect(host({ location: 'global' })).toBe('speech.googleapis.com');
    expect(host({ version: 'v1' })).toBe('speech.googleapis.com');
    expect(placeOf('[::1]:8443', v2)).toMatchObject({ host: '[::1]', port: 8_443 });
  });
});
