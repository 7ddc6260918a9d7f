import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { Verify } from '../../src/edge/jwt.ts';
import { newKeys, newVerify, signToken } from '../../src/edge/jwt.ts';
import { claims, hs256, OTHER_JWK, RSA, rs256, SECRET, unsigned } from '../fakes/token-maker.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-keys-'));
const RSA_FILE = join(folder, 'rsa.pem');
writeFileSync(RSA_FILE, RSA.publicKey);
afterAll(() => rmSync(folder, { recursive: true }));

function verifyBy(settings: Record<string, string>): Verify {
  const verify = newVerify(readConfig(settings), systemClock);
  if (verify === undefined) throw new Error('no key is set');
  return verify;
}

const BY_SECRET = verifyBy({ EARSHOT_AUTH_SECRET: SECRET });
const BY_KEY = verifyBy({ EARSHOT_AUTH_KEYS_FILE: RSA_FILE });

/** A part of a token, changed. */
function altered(token: string, at: number, how: (part: string) => string): string {
  return token
    .split('.')
    .map((part, n) => (n === at ? how(part) : part))
    .join('.');
}

const GOOD = hs256(claims());
const GOOD_RSA = rs256(claims());
const OTHER_CLAIMS = Buffer.from(JSON.stringify(claims({ sub: 'root' }))).toString('base64url');

/** What is presented as a token, and who is asked. */
const ATTACKS: readonly (readonly [what: string, token: string, verify: Verify])[] = [
  ['alg none', unsigned(claims(), 'none'), BY_SECRET],
  ['alg None', unsigned(claims(), 'None'), BY_SECRET],
  ['alg nOnE to a server with a key', unsigned(claims(), 'nOnE'), BY_KEY],
  ['no alg', hs256(claims(), { alg: undefined }), BY_SECRET],
  ['an empty signature', altered(GOOD, 2, () => ''), BY_SECRET],
  ['no signature at all', GOOD.split('.').slice(0, 2).join('.'), BY_SECRET],
  ['HS256 by the public key in PEM', hs256(claims(), {}, RSA.publicKey), BY_KEY],
  [
    'HS256 by the public key without line breaks',
    hs256(claims(), {}, RSA.publicKey.trim()),
    BY_KEY,
  ],
  ['RS256 to a server with a secret', GOOD_RSA, BY_SECRET],
  ['HS384, though by the right secret', hs256(claims(), { alg: 'HS384' }), BY_SECRET],
  ['another secret', hs256(claims(), {}, `${SECRET}!`), BY_SECRET],
  ['an empty secret', hs256(claims(), {}, ''), BY_SECRET],
  ['another RSA key', rs256(claims(), {}, 'other'), BY_KEY],
  ['a jwk of its own', rs256(claims(), { jwk: OTHER_JWK }, 'other'), BY_KEY],
  ['a jku of its own', rs256(claims(), { jku: 'http://127.0.0.1:1/jwks' }, 'other'), BY_KEY],
  ['an x5u of its own', rs256(claims(), { x5u: 'http://127.0.0.1:1/x' }, 'other'), BY_KEY],
  ['an x5c of its own', rs256(claims(), { x5c: ['MIIB'] }, 'other'), BY_KEY],
  ['a kid that is a path', hs256(claims(), { kid: '../../../../dev/null' }, ''), BY_SECRET],
  ['a kid that is SQL', hs256(claims(), { kid: "' UNION SELECT 'x" }, 'x'), BY_SECRET],
  ['a kid that is a path, to a key', rs256(claims(), { kid: '/etc/passwd' }, 'other'), BY_KEY],
  ['crit of what nobody knows', hs256(claims(), { crit: ['x'], x: 1 }), BY_SECRET],
  ['another payload', altered(GOOD, 1, () => OTHER_CLAIMS), BY_SECRET],
  ['another header', altered(GOOD, 0, () => 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'), BY_SECRET],
  [
    'a bit of the signature',
    altered(GOOD, 2, (part) => `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`),
    BY_SECRET,
  ],
  ['a signature with more behind it', `${GOOD}AA`, BY_SECRET],
  ['a fourth part', `${GOOD}.AA`, BY_SECRET],
  ['five parts, as if encrypted', 'a.b.c.d.e', BY_SECRET],
  ['JSON instead of a token', JSON.stringify(claims()), BY_SECRET],
  ['base64 that is none', altered(GOOD, 1, (part) => `*${part}`), BY_SECRET],
  ['nothing', '', BY_SECRET],
  ['dots', '..', BY_SECRET],
];

describe('Token attacks', () => {
  it.each(ATTACKS)('%s: refused', async (_, token, verify) => {
    expect(await verify(token)).toBe('forged');
  });

  it('are found among tokens that are taken', async () => {
    const said = claims();
    for (const payload of [await BY_SECRET(GOOD), await BY_KEY(GOOD_RSA)]) {
      expect(JSON.parse(Buffer.from(payload).toString())).toEqual(said);
    }
    expect(await BY_SECRET(hs256(said, { kid: '../x', jku: 'http://127.0.0.1:1/' }))).not.toBe(
      'forged',
    );
  });
});

describe('newVerify()', () => {
  it('needs no token where no key is set', () => {
    expect(newVerify(readConfig({}), systemClock)).toBeUndefined();
  });

  it.each(['ES256', 'EdDSA', 'RS256'] as const)(
    'takes a pair of keys for %s',
    async (algorithm) => {
      const { privatePem, publicPem } = await newKeys(algorithm);
      const file = join(folder, `${algorithm}.pem`);
      writeFileSync(file, publicPem);
      const token = await signToken(claims(), { privateKey: privatePem, algorithm });
      const settings = { EARSHOT_AUTH_KEYS_FILE: file };
      expect(await verifyBy(settings)(token)).toBeInstanceOf(Uint8Array);
      const pinned = algorithm === 'ES256' ? 'RS256' : 'ES256';
      expect(await verifyBy({ ...settings, EARSHOT_AUTH_ALGORITHMS: pinned })(token)).toBe(
        'forged',
      );
    },
  );

  it('chooses by kid among the keys of a set, from a file or by its URL', async () => {
    const [one, two] = [await newKeys('ES256'), await newKeys('ES256')];
    const keys = await Promise.all(
      [one, two].map(async ({ publicPem }, n) => ({
        ...(await exportJWK((await import('node:crypto')).createPublicKey(publicPem))),
        ...{ kid: `k${n}`, alg: 'ES256', use: 'sig' },
      })),
    );
    const text = JSON.stringify({ keys });
    const file = join(folder, 'set.json');
    writeFileSync(file, text);
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end(text);
    }).listen(0, '127.0.0.1');
    await new Promise<void>((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/jwks.json`;
    const { SignJWT, importPKCS8 } = await import('jose');
    const signed = async (pem: string, kid: string): Promise<string> =>
      await new SignJWT(claims())
        .setProtectedHeader({ alg: 'ES256', kid })
        .sign(await importPKCS8(pem, 'ES256'));
    for (const settings of [{ EARSHOT_AUTH_KEYS_FILE: file }, { EARSHOT_AUTH_JWKS_URL: url }]) {
      const verify = verifyBy(settings);
      expect(await verify(await signed(two.privatePem, 'k1'))).toBeInstanceOf(Uint8Array);
      expect(await verify(await signed(two.privatePem, 'k0'))).toBe('forged');
      // A kid that nobody knows asks for the set again once, and not each time.
      for (let n = 0; n < 5; n++)
        expect(await verify(await signed(two.privatePem, `x${n}`))).toBe('forged');
    }
    expect(asked).toBeLessThanOrEqual(2);
    await new Promise((resolve) => server.close(resolve));
    expect(await verifyBy({ EARSHOT_AUTH_JWKS_URL: url })(await signed(one.privatePem, 'k0'))).toBe(
      'keyless',
    );
  });

  it.each([
    ['a private key', RSA.privateKey, /private key/],
    ['a set with a private key', '{"keys":[{"kty":"RSA","d":"x"}]}', /private key/],
    ['a set with a secret', '{"keys":[{"kty":"oct","k":"canary"}]}', /secret/],
    ['no key', 'canary', /neither a PEM nor JSON/],
    ['JSON that is no set', '{"canary":1}', /expected public keys/],
  ])('does not start with %s in the file, and does not quote it', (_, text, why) => {
    const file = join(folder, 'wrong.pem');
    writeFileSync(file, text);
    const start = (): unknown =>
      newVerify(readConfig({ EARSHOT_AUTH_KEYS_FILE: file }), systemClock);
    expect(start).toThrow(why);
    expect(start).not.toThrow(/canary|MII/);
  });

  it('takes no RSA key below 2,048 bits', async () => {
    const weak = generateKeyPairSync('rsa', {
      modulusLength: 1_024,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const file = join(folder, 'weak.pem');
    writeFileSync(file, weak.publicKey);
    expect(await verifyBy({ EARSHOT_AUTH_KEYS_FILE: file })(GOOD_RSA)).toBe('forged');
  });
});
