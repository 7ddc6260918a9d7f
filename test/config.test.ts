import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../src/config.ts';
import { PREFIX, readConfig, SECRETS, SETTINGS } from '../src/config.ts';
import { EarshotError } from '../src/errors.ts';

const SECRET = 's'.repeat(32);
const NAMES: readonly string[] = Object.values(SETTINGS).map(({ name }) => name);
const NUMBERS = Object.values(SETTINGS)
  .filter(({ expected }) => expected.startsWith('an integer'))
  .map(({ name, expected }): [string, string, number, number] => {
    const [min, max] = [...expected.matchAll(/\d+/g)].map(([digits]) => Number(digits));
    return [name, expected, min ?? Number.NaN, max ?? Number.NaN];
  });
const FALLBACKS = Object.values(SETTINGS).map(
  ({ name, fallback, parse }) => [name, fallback, parse] as const,
);

/** All that is wrong, a line each. */
function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof EarshotError)) throw error;
    expect(error).toMatchObject({ code: 'config_invalid', blame: 'edge' });
    return error.message.split('\n');
  }
  return [];
}

/** The problems of one setting alone, apart from what contradicts others. */
function refusals(name: string, value: string): string[] {
  return problemsOf({ [name]: value }).filter((problem) => problem.startsWith(`${name} is '`));
}

describe('SETTINGS', () => {
  it('have names of one kind, each once', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
    for (const name of NAMES) expect(name).toMatch(/^EARSHOT_[A-Z]+(_[A-Z]+)*$/);
    expect(PREFIX).toBe('EARSHOT_');
  });

  it('say in a sentence what they are for', () => {
    for (const { what, expected } of Object.values(SETTINGS)) {
      expect(what).toMatch(/^[A-Z].*\.$/);
      expect(expected).not.toBe('');
    }
  });

  it.each(FALLBACKS)('%s has a default in its own range', (_, fallback, parse) => {
    if (fallback !== undefined) expect(parse(String(fallback))).toBe(fallback);
  });

  it.each(NUMBERS)('%s takes %s and nothing else', (name, expected, min, max) => {
    expect(min).toBeLessThan(max);
    for (const value of [min, max]) expect(refusals(name, `${value}`)).toEqual([]);
    const wrong = [
      '-1',
      `${min - 1}`,
      `${max + 1}`,
      '1.5',
      ' 500',
      '500 ',
      '0x80',
      '1e3',
      'x',
      '５',
    ];
    for (const value of wrong) {
      expect(refusals(name, value)).toEqual([`${name} is '${value}', expected ${expected}`]);
    }
  });

  it.each([
    ['EARSHOT_HOST', 'a b'],
    ['EARSHOT_HOST', 'a\nb'],
    ['EARSHOT_LOG_LEVEL', 'INFO'],
    ['EARSHOT_LOG_LEVEL', 'trace'],
    ['EARSHOT_RECOGNIZER', 'constructor'],
    ['EARSHOT_LANGUAGE', 'en_US'],
    ['EARSHOT_LANGUAGE', 'e'],
  ])('%s is not %j', (name, value) => {
    expect(problemsOf({ [name]: value })).not.toEqual([]);
  });

  it.each([
    ['EARSHOT_HOST', '::1', 'host'],
    ['EARSHOT_ADMIN_HOST', '127.0.0.2', 'adminHost'],
    ['EARSHOT_LOG_LEVEL', 'silent', 'logLevel'],
    ['EARSHOT_RECOGNIZER', 'google', 'recognizer'],
    ['EARSHOT_LANGUAGE', 'cmn-Hans-CN', 'language'],
    ['EARSHOT_MODELS_DIR', './a b', 'modelsDir'],
  ] satisfies [string, string, keyof Config][])('%s may be %j', (name, value, key) => {
    expect(readConfig({ [name]: value })[key]).toBe(value);
  });
});

describe('readConfig()', () => {
  it('gives every default when nothing is set, and these contradict nothing', () => {
    const fallbacks = Object.entries(SETTINGS).map(([key, { fallback }]) => [key, fallback]);
    expect(readConfig({})).toEqual(Object.fromEntries(fallbacks));
    expect(readConfig({ PATH: '/bin', EARSHO_PORT: 'x' })).toEqual(readConfig({}));
  });

  it('takes an empty value as none', () => {
    expect(readConfig({ EARSHOT_PORT: '' }).port).toBe(SETTINGS.port.fallback);
  });

  it('leaves to the recognizer how many slots there are, and can be told 0', () => {
    expect(readConfig({}).slotsMax).toBe(undefined);
    expect(readConfig({ EARSHOT_SLOTS_MAX: '0' }).slotsMax).toBe(0);
  });

  it('shows no secret, however wrong it is', () => {
    const short = 'too-short-a-key';
    expect(problemsOf({ EARSHOT_RESUME_KEY: short })).toEqual([
      'EARSHOT_RESUME_KEY is 15 characters long, expected 32 printable characters or more, without spaces',
    ]);
    const key = 'k'.repeat(32);
    expect(readConfig({ EARSHOT_RESUME_KEY: key }).resumeKey).toBe(key);
    expect(problemsOf({ EARSHOT_RESUME_KEY: `${key} ` })).toHaveLength(1);
  });

  it('takes a secret from a file, and shows neither', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-secret-'));
    const file = join(folder, 'secret');
    const key = 'k'.repeat(32);
    for (const end of ['', '\n', '\r\n']) {
      writeFileSync(file, key + end);
      expect(readConfig({ EARSHOT_RESUME_KEY_FILE: file }).resumeKey).toBe(key);
    }
    expect(problemsOf({ EARSHOT_RESUME_KEY_FILE: file, EARSHOT_RESUME_KEY: key })).toEqual([
      'EARSHOT_RESUME_KEY and EARSHOT_RESUME_KEY_FILE are both set, expected one of them',
    ]);
    writeFileSync(file, 'canary');
    expect(problemsOf({ EARSHOT_RESUME_KEY_FILE: file }).join()).not.toContain('canary');
    expect(problemsOf({ EARSHOT_RESUME_KEY_FILE: join(folder, 'absent') })[0]).toMatch(
      /EARSHOT_RESUME_KEY_FILE is '.*absent', expected a file that can be read/,
    );
    rmSync(folder, { recursive: true });
  });

  it('opens no door for a key that is there and empty', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-secret-'));
    const file = join(folder, 'secret');
    for (const text of ['', '\n']) {
      writeFileSync(file, text);
      for (const name of SECRETS) {
        expect(problemsOf({ [`${name}_FILE`]: file })[0]).toMatch(
          /^EARSHOT_\w+ is 0 characters long, expected/,
        );
      }
    }
    for (const name of [...SECRETS, 'EARSHOT_AUTH_KEYS_FILE', 'EARSHOT_AUTH_JWKS_URL']) {
      expect(problemsOf({ [name]: '' })).toHaveLength(1);
    }
    expect(problemsOf({ EARSHOT_AUTH_SECRET_FILE: '' })[0]).toMatch(/expected a file/);
    rmSync(folder, { recursive: true });
  });

  it('shows of an address neither user and password nor what is asked', () => {
    const said = problemsOf({ EARSHOT_AUTH_JWKS_URL: 'https://me:canary@x.example/k?key=canary' });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^EARSHOT_AUTH_JWKS_URL is 'https:\/\/…@x\.example\/k\?…'/);
    expect(said[0]).not.toContain('canary');
  });

  it('opens the admin port to a network only with a token', () => {
    const open = { EARSHOT_ADMIN_HOST: '0.0.0.0' };
    expect(problemsOf(open)[0]).toMatch(/'0\.0\.0\.0' and no token is set/);
    expect(problemsOf({ ...open, EARSHOT_ADMIN_TOKEN: 't'.repeat(32) })).toEqual([]);
  });

  it('names what is secret', () => {
    expect(SECRETS).toEqual(expect.arrayContaining(['EARSHOT_AUTH_SECRET', 'EARSHOT_RESUME_KEY']));
    const quiet = NAMES.filter((name) => /SECRET|_TOKEN$|(?<!TLS)_KEY$/.test(name));
    expect(quiet.filter((name) => !SECRETS.includes(name))).toEqual([]);
  });

  it.each([
    [{ EARSHOT_HOST: '0.0.0.0' }, /no key is set, expected .* or EARSHOT_AUTH=none/],
    [{ EARSHOT_HOST: '::' }, /no key is set/],
    [{ EARSHOT_HOST: '127.0.0.1.example.com' }, /no key is set/],
    [{ EARSHOT_HOST: '0.0.0.0', EARSHOT_AUTH: 'token' }, /EARSHOT_AUTH is 'token', expected a key/],
    [
      { EARSHOT_AUTH: 'none', EARSHOT_AUTH_KEYS_FILE: 'k.pem' },
      /'none' and EARSHOT_AUTH_KEYS_FILE/,
    ],
    [{ EARSHOT_AUTH_SECRET: SECRET, EARSHOT_AUTH_KEYS_FILE: 'k.pem' }, /expected one of them/],
    [{ EARSHOT_AUTH_SECRET: SECRET, EARSHOT_AUTH_ALGORITHMS: 'HS256,RS256' }, /has RS256/],
    [{ EARSHOT_AUTH_KEYS_FILE: 'k.pem', EARSHOT_AUTH_ALGORITHMS: 'HS256' }, /has HS256/],
    [
      { EARSHOT_AUTH_KEYS_FILE: 'k.pem', EARSHOT_AUTH_ALGORITHMS: 'none' },
      /expected one or several/,
    ],
    [{ EARSHOT_AUTH_JWKS_URL: 'http://example.com/jwks' }, /an https URL/],
    [{ EARSHOT_AUTH_JWKS_URL: 'https://me:pass@example.com/' }, /an https URL/],
    [{ EARSHOT_ORIGINS: 'example.com' }, /origins such as/],
  ])('lets nobody in by mistake: %j', (env, problem) => {
    expect(problemsOf(env as Record<string, string>).join('\n')).toMatch(problem);
  });

  it.each([
    [{ EARSHOT_HOST: 'localhost' }],
    [{ EARSHOT_HOST: '127.8.0.1' }],
    [{ EARSHOT_HOST: '::1' }],
    [{ EARSHOT_HOST: '0.0.0.0', EARSHOT_AUTH: 'none' }],
    [{ EARSHOT_HOST: '0.0.0.0', EARSHOT_AUTH_SECRET: SECRET }],
    [{ EARSHOT_HOST: '0.0.0.0', EARSHOT_AUTH_JWKS_URL: 'https://example.com/jwks' }],
    [{ EARSHOT_AUTH_JWKS_URL: 'http://127.0.0.1:1/jwks', EARSHOT_AUTH_ALGORITHMS: 'ES256, EdDSA' }],
  ])('takes %j', (env) => {
    expect(problemsOf(env as Record<string, string>)).toEqual([]);
  });

  it('takes a misspelt name as an error, with a hint', () => {
    expect(problemsOf({ EARSHOT_PROT: '80' })).toEqual([
      'EARSHOT_PROT is no setting, did you mean EARSHOT_PORT?',
    ]);
    expect(problemsOf({ EARSHOT_QUEUE_WAIT_MAX_MS: '1' })[0]).toContain(
      'did you mean EARSHOT_QUEUE_WAIT_MS_MAX?',
    );
    expect(problemsOf({ EARSHOT_SOMETHING_ELSE_ALTOGETHER: '1' })).toEqual([
      'EARSHOT_SOMETHING_ELSE_ALTOGETHER is no setting',
    ]);
  });

  it('leaves alone what the client reads', () => {
    expect(problemsOf({ EARSHOT_TOKEN: 'x' })).toEqual([]);
  });

  it('says all that is wrong at once', () => {
    expect(
      problemsOf({ EARSHOT_PORT: '80a', EARSHOT_HOTS: 'x', EARSHOT_LOG_LEVEL: 'loud' }),
    ).toEqual([
      "EARSHOT_PORT is '80a', expected an integer from 0 to 65535",
      "EARSHOT_LOG_LEVEL is 'loud', expected debug or info or warn or error or silent",
      'EARSHOT_HOTS is no setting, did you mean EARSHOT_HOST?',
    ]);
  });

  it.each([
    [{ EARSHOT_WINDOW_MS: '1999' }, 'at least twice EARSHOT_FRAME_MS_MAX (1000)'],
    [{ EARSHOT_QUEUE_WAIT_MS_MAX: '55001' }, 'EARSHOT_TAPE_MS_MAX is 60000, expected at least'],
    [{ EARSHOT_SETTLE_MS_MAX: '55001' }, 'expected at least EARSHOT_SETTLE_MS_MAX'],
    [{ EARSHOT_TAPE_MS_MAX: '85000' }, 'a client keeps no more'],
    [{ EARSHOT_IDLE_MS_MAX: '19999' }, 'at least twice EARSHOT_KEEPALIVE_MS (10000)'],
    [{ EARSHOT_TLS_CERT_FILE: 'a.pem' }, 'expected both or none'],
    [{ EARSHOT_TLS_KEY_FILE: 'a.pem' }, 'expected both or none'],
  ])('finds the contradiction in %j', (env, problem) => {
    const problems = problemsOf(env as Record<string, string>);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('takes each of these at its very edge', () => {
    for (const env of [
      { EARSHOT_WINDOW_MS: '2000' },
      { EARSHOT_QUEUE_WAIT_MS_MAX: '55000' },
      { EARSHOT_SETTLE_MS_MAX: '55000' },
      { EARSHOT_TAPE_MS_MAX: '84999' },
      { EARSHOT_IDLE_MS_MAX: '20000' },
      { EARSHOT_TLS_CERT_FILE: 'a.pem', EARSHOT_TLS_KEY_FILE: 'b.pem' },
    ]) {
      expect(problemsOf(env)).toEqual([]);
    }
  });

  it('says several contradictions at once', () => {
    const env = { EARSHOT_WINDOW_MS: '60000', EARSHOT_KEEPALIVE_MS: '300000' };
    expect(problemsOf(env)).toHaveLength(4);
  });
});
