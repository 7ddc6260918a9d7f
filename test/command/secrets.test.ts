/**
 * Secrets: what is in no output of the command, its report of a crash included.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SECRETS } from '../../src/config.ts';
import { ask, until, upgrade } from '../fakes/server-rig.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const CANARY = 'kanarienvogel';

/** Each secret is another canary, and one of them comes by file. */
function environment(folder: string): Record<string, string> {
  const env = Object.fromEntries(
    SECRETS.map((name, n) => [name, `${CANARY}${n}${'x'.repeat(32)}`]),
  );
  const file = join(folder, 'secret');
  writeFileSync(file, `${CANARY}file${'x'.repeat(32)}\n`);
  delete env['EARSHOT_RESUME_KEY'];
  const free = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0', EARSHOT_RECOGNIZER: 'embedded' };
  const more = { EARSHOT_RESUME_KEY_FILE: file, EARSHOT_LOG_LEVEL: 'debug', ...free };
  return { PATH: process.env['PATH'] ?? '', ...env, ...more };
}

describe('Secrets', () => {
  it('are in no output of the server at its loudest, nor in what it reports of itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-canary-'));
    const report = [
      '--report-on-signal',
      '--report-signal=SIGUSR2',
      `--report-directory=${folder}`,
    ];
    const server = spawn(process.execPath, [...report, MAIN, 'serve'], {
      env: environment(folder),
    });
    let said = '';
    for (const output of [server.stdout, server.stderr]) {
      output.on('data', (bytes) => {
        said += bytes;
      });
    }
    await until(() => /^listening on/m.test(said));
    const url = /listening on (\S+)/.exec(said)?.[1] ?? '';
    for (const authorization of ['', `Bearer ${CANARY}`, `Bearer ${CANARY}.${CANARY}.x`]) {
      const answer = await ask(url, '/v1/stream', { ...upgrade('earshot.v1'), authorization });
      expect([answer.status, answer.body.includes(CANARY)]).toEqual([401, false]);
    }
    const admin = /admin: (\S+)\/metrics/.exec(said)?.[1] ?? '';
    const metrics = await fetch(`${admin}/metrics`, {
      headers: { authorization: `Bearer ${CANARY}` },
    });
    expect([metrics.status, await metrics.text()]).toEqual([
      401,
      expect.not.stringContaining(CANARY),
    ]);
    server.kill('SIGUSR2');
    const reports = (): string[] => readdirSync(folder).filter((file) => file.startsWith('report'));
    await until(
      () =>
        reports().length === 1 &&
        readFileSync(join(folder, reports()[0] ?? ''), 'utf8').endsWith('}\n'),
    );
    expect(readFileSync(join(folder, reports()[0] ?? ''), 'utf8')).not.toContain(CANARY);
    server.kill('SIGTERM');
    await once(server, 'close');
    expect(said).not.toContain(CANARY);
    expect(said).toMatch(/who may come in: who brings a token/);
    rmSync(folder, { recursive: true });
  });

  it('are not in what check says, nor in what is wrong with them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-canary-'));
    const env = environment(folder);
    const good = spawnSync(process.execPath, [MAIN, 'check'], { env });
    const bad = spawnSync(process.execPath, [MAIN, 'check'], {
      env: { ...env, EARSHOT_AUTH_SECRET: CANARY },
    });
    for (const { stdout, stderr } of [good, bad])
      expect(`${stdout}${stderr}`).not.toContain(CANARY);
    expect(`${bad.stderr}`).toMatch(/EARSHOT_AUTH_SECRET is 13 characters long/);
    rmSync(folder, { recursive: true });
  });
});
