import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { serve } from '../../src/command/serve.ts';
import { readConfig } from '../../src/config.ts';
import { newLog } from '../../src/log.ts';
import { FakeTerminal } from '../fakes/fake-terminal.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

function parts(settings: Record<string, string>) {
  const config = readConfig({
    EARSHOT_PORT: '0',
    EARSHOT_ADMIN_PORT: '0',
    EARSHOT_RECOGNIZER: 'embedded',
    ...settings,
  });
  const terminal = new FakeTerminal();
  const log = newLog('silent');
  return {
    config,
    clock: systemClock,
    random: Math.random,
    log,
    terminal,
    version: '0.0.0',
    env: {},
  };
}

describe('serve()', () => {
  it('says which recognizer it uses and why, where it listens, and how to try it', async () => {
    const given = parts({});
    const server = await serve(given);
    const { text } = given.terminal;
    expect(text).toMatch(/^recognizer: embedded \(.*\), because /m);
    expect(text).toMatch(/^admin: http:\/\/127\.0\.0\.1:\d+\/metrics, .*, POST \/drain$/m);
    expect(text).toContain(`try it: npx earshot stream FILE.wav --url ${server.url}\n`);
    expect(text.trimEnd().split('\n').at(-1)).toBe(`listening on ${server.url}`);
    await server.close();
  });

  it('fails where Google is wished for without credentials: says what to set, and listens nowhere', async () => {
    const given = parts({ EARSHOT_RECOGNIZER: 'google' });
    await expect(serve(given)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/no credentials.*set GOOGLE_APPLICATION_CREDENTIALS/),
    });
    expect(given.terminal.text).toBe('');
  });

  it('as a process ends with 78 and that sentence, where its settings cannot be', () => {
    const env = { EARSHOT_RECOGNIZER: 'google', HOME: '/nowhere' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'serve'], { env });
    expect([status, String(stdout)]).toEqual([78, '']);
    expect(String(stderr)).toMatch(/^earshot: EARSHOT_RECOGNIZER is 'google', and no credentials/);
  });

  it('fails with the missing model, and listens nowhere', async () => {
    const given = parts({ EARSHOT_MODELS_DIR: '/no/such/folder' });
    await expect(serve(given)).rejects.toThrow(/is missing/);
    expect(given.terminal.text).not.toContain('listening');
  });
});
