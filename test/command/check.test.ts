import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../src/command/check.ts';
import { readConfig } from '../../src/config.ts';
import { FakeTerminal } from '../fakes/fake-terminal.ts';

const FREE = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0', EARSHOT_SESSIONS_MAX: '10' };

async function run(
  settings: Record<string, string>,
  env: Record<string, string> = {},
): Promise<{ good: boolean; text: string }> {
  const terminal = new FakeTerminal();
  const good = await check(readConfig({ ...FREE, ...settings }), terminal, env);
  return { good, text: terminal.text };
}

describe('check()', () => {
  it('says what would run: node, socket layer, recognizer, model files with hashes, ports, files', async () => {
    const { good, text } = await run({});
    expect(text).toMatch(/ok {4}node: \d/);
    expect(text).toMatch(/ok {4}socket layer: uWebSockets\.js, native/);
    expect(text).toMatch(/ok {4}recognizer: embedded \(/);
    expect(text.match(/ok {4}model: \S+ is ok \(sha256 [0-9a-f]{12}…\)/g)).toHaveLength(4);
    expect(text).toMatch(/ok {4}port: 127\.0\.0\.1, any free one/);
    expect(text).toMatch(/ok {4}ulimit -n: /);
    expect(text).toMatch(/all is well\n$/);
    expect(good).toBe(true);
  });

  it('names each missing model and says what to do', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-'));
    const { good, text } = await run({ EARSHOT_MODELS_DIR: folder });
    await rm(folder, { recursive: true });
    expect(text.match(/WRONG model: \S+ is missing/g)).toHaveLength(4);
    expect(text).toMatch(/what to do: run "npm run build"/);
    expect(text).toMatch(/4 of \d+ are wrong\n$/);
    expect(good).toBe(false);
  });

  it('says that a port is taken and which setting moves it', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { good, text } = await run({ EARSHOT_PORT: String(port) });
    taken.close();
    expect(text).toContain(`WRONG port: 127.0.0.1:${port} can't be listened on`);
    expect(text).toMatch(/what to do: set EARSHOT_PORT to another port/);
    expect(good).toBe(false);
  });

  it('says when fewer files may be open than connections are allowed', async () => {
    const { good, text } = await run({ EARSHOT_SESSIONS_MAX: '1000000' });
    expect(text).toMatch(/(WRONG ulimit -n: \d+|ok {4}ulimit -n: un)/);
    expect(good).toBe(/ulimit -n: un/.test(text));
  });
});

describe('check() of Google', () => {
  let folder: string;
  let key: { GOOGLE_APPLICATION_CREDENTIALS: string };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earshot-'));
    key = { GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'key.json') };
    await writeFile(key.GOOGLE_APPLICATION_CREDENTIALS, '{"project_id":"tapes"}');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('says version, endpoint, project and whose credentials, quota and rotation', async () => {
    const { good, text } = await run({}, key);
    expect(text).toContain(
      'ok    recognizer: google (Cloud Speech-to-Text v1 at speech.googleapis.com:443, project tapes, by GOOGLE_APPLICATION_CREDENTIALS), because credentials were found\n',
    );
    expect(text).toContain(
      "ok    quota: Google's default, 300 streams at once, any number started in a minute\n",
    );
    expect(text).toContain('ok    rotation: from 240000 ms at a pause, at 290000 ms anyway\n');
    expect(text).toContain('ok    driver: http2, because it costs least\n');
    expect(text).not.toContain('model:');
    expect(good).toBe(true);
  });

  it('says them as the settings have them', async () => {
    const settings = {
      EARSHOT_RECOGNIZER: 'google',
      EARSHOT_GOOGLE_API: 'v2',
      EARSHOT_GOOGLE_DRIVER: 'library',
      EARSHOT_GOOGLE_LOCATION: 'europe-west4',
      EARSHOT_GOOGLE_PROJECT: 'mine',
      EARSHOT_SLOTS_MAX: '20',
      EARSHOT_STARTS_PER_MINUTE_MAX: '100',
      EARSHOT_ROTATE_SOFT_MS: '60000',
      EARSHOT_ROTATE_HARD_MS: '90000',
    };
    const { good, text } = await run(settings, key);
    expect(text).toContain('v2 at europe-west4-speech.googleapis.com:443, project mine, by');
    expect(text).toContain('because EARSHOT_RECOGNIZER says so\n');
    expect(text).toContain('ok    driver: library, because EARSHOT_GOOGLE_DRIVER says so\n');
    expect(text).toContain('ok    quota: 20 streams at once, 100 started in a minute\n');
    expect(text).toContain('ok    rotation: from 60000 ms at a pause, at 90000 ms anyway\n');
    expect(good).toBe(true);
  });

  it("takes Google's library where the environment names a proxy", async () => {
    const { text } = await run({}, { ...key, https_proxy: 'http://proxy:3128' });
    expect(text).toContain('ok    driver: library, because https_proxy is set\n');
  });

  it('needs no credentials for an endpoint on this machine', async () => {
    const { good, text } = await run({ EARSHOT_GOOGLE_ENDPOINT: '127.0.0.1:8443' });
    expect(text).toContain(
      'ok    recognizer: google (Cloud Speech-to-Text v1 at 127.0.0.1:8443, project emulated, without credentials), because EARSHOT_GOOGLE_ENDPOINT is on this machine\n',
    );
    expect(good).toBe(true);
  });

  it('says what to do when Google is wished for and there are no credentials', async () => {
    const { good, text } = await run({ EARSHOT_RECOGNIZER: 'google' });
    expect(text).toContain('WRONG recognizer: google\n');
    expect(text).toMatch(/what to do: .*no credentials.*set GOOGLE_APPLICATION_CREDENTIALS/);
    expect(good).toBe(false);
  });

  it.each([
    ['a key file that is none', {}, { GOOGLE_APPLICATION_CREDENTIALS: '/no/such/key' }, 'key file'],
    [
      'v2 without a project',
      { EARSHOT_GOOGLE_API: 'v2' },
      { CLOUD_RUN_JOB: 'x' },
      'GOOGLE_PROJECT',
    ],
  ])('says what to do about %s', async (_, settings, env, remedy) => {
    const { good, text } = await run({ EARSHOT_RECOGNIZER: 'google', ...settings }, env);
    expect(text).toContain('WRONG recognizer: google\n');
    expect(text).toMatch(new RegExp(`what to do: .*${remedy}`));
    expect(good).toBe(false);
  });

  it('says that speech stays on this machine where there are no credentials and none are asked for', async () => {
    const { text } = await run({});
    expect(text).toMatch(
      /recognizer: embedded \(.*\), because no credentials of Google were found/,
    );
  });
});
