import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TokenFlags } from '../../src/command/token.ts';
import { tokenCommand } from '../../src/command/token.ts';
import { readConfig } from '../../src/config.ts';
import { newAuth } from '../../src/edge/auth.ts';
import { SECRET } from '../fakes/token-maker.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-token-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CLOCK = { nowMs: () => 0, wallMs: () => 1_800_000_000_000 };
const NONE = { newSecret: false, deviceKey: false, fleetSecret: false };
const FLAGS: TokenFlags = { sub: 'd', lifetime: 60, algorithm: 'ES256', ...NONE };

async function printed(
  flags: Partial<TokenFlags>,
  settings: Record<string, string> = {},
): Promise<string> {
  let text = '';
  const terminal = {
    write: (more: string): void => {
      text += more;
    },
  };
  await tokenCommand({ ...FLAGS, ...flags }, readConfig(settings), CLOCK, terminal);
  return text;
}

function identify(token: string, settings: Record<string, string>) {
  const authorization = `Bearer ${token.trim()}`;
  return newAuth(readConfig(settings), CLOCK).identify({
    query: '',
    authorization,
    subprotocols: [],
  });
}

describe('tokenCommand()', () => {
  it('makes a token that a server with the same secret takes', async () => {
    const settings = { EARSHOT_AUTH_SECRET: SECRET, EARSHOT_AUTH_ISSUER: 'me' };
    const token = await printed({ fleet: 'f', sessions: 2, audioMinutes: 3 }, settings);
    expect(await identify(token, settings)).toEqual({
      device: { id: 'd', fleet: 'f' },
      terms: { expiresMs: CLOCK.wallMs() + 60_000, sessionsMax: 2, audioMsMax: 180_000 },
    });
  });

  it('makes keys, and tokens with them; the private one is for nobody else', async () => {
    const newKeys = join(folder, 'k');
    expect(await printed({ newKeys })).toMatch(/EARSHOT_AUTH_KEYS_FILE=.*k\.public\.pem/);
    expect(statSync(`${newKeys}.private.pem`).mode & 0o077).toBe(0);
    const token = await printed({ key: `${newKeys}.private.pem` });
    const settings = { EARSHOT_AUTH_KEYS_FILE: `${newKeys}.public.pem` };
    expect(await identify(token, settings)).toHaveProperty('device.id', 'd');
    await expect(printed({ newKeys })).rejects.toThrow(/EEXIST/);
  });

  it('makes a secret that is long enough, another one each time', async () => {
    const [one, two] = [await printed({ newSecret: true }), await printed({ newSecret: true })];
    expect(one).not.toBe(two);
    expect(readConfig({ EARSHOT_AUTH_SECRET: one.trim() }).authSecret).toHaveLength(43);
  });

  it('says what is missing', async () => {
    await expect(printed({})).rejects.toThrow(/EARSHOT_AUTH_SECRET, or --key/);
    await expect(printed({ newKeys: 'x', algorithm: 'HS256' })).rejects.toThrow(/expected RS256/);
  });
});
