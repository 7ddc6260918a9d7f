import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/command/check.ts';
import { readConfig } from '../../src/config.ts';
import { FakeTerminal } from '../fakes/fake-terminal.ts';

const FREE = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0', EARSHOT_SESSIONS_MAX: '10' };

async function run(settings: Record<string, string>): Promise<{ good: boolean; text: string }> {
  const terminal = new FakeTerminal();
  const good = await check(readConfig({ ...FREE, ...settings }), terminal);
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
