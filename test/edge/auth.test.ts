import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Auth } from '../../src/edge/auth.ts';
import { isOffered, newAuth } from '../../src/edge/auth.ts';
import { claims, hs256, NOW_S, SECRET } from '../fakes/token-maker.ts';

const CLOCK = { nowMs: () => 0, wallMs: () => NOW_S * 1_000 };
const OPEN = newAuth(readConfig({}), CLOCK);
const CLOSED = newAuth(readConfig({ EARSHOT_AUTH_SECRET: SECRET }), CLOCK);
const TOKEN = hs256(claims());

function identify(
  auth: Auth,
  given: { query?: string; authorization?: string; subprotocols?: string[] },
) {
  return auth.identify({ query: '', authorization: '', subprotocols: ['earshot.v1'], ...given });
}

describe('newAuth() without a key', () => {
  it.each(['', 'a=1', 'monkey=1', 'keyboard=1&author=x', 'tokens=5', 'a=token'])(
    'lets a device with the query %j in, as nobody in particular',
    (query) => {
      const anybody = { device: { id: 'anonymous', fleet: 'default' }, terms: undefined };
      expect(identify(OPEN, { query })).toEqual(anybody);
    },
  );

  it('looks at no token', () => {
    expect(identify(OPEN, { authorization: 'Bearer x' })).toHaveProperty('device.id', 'anonymous');
  });
});

describe('newAuth()', () => {
  it.each([
    'token=x',
    'a=1&token=x',
    'TOKEN=x',
    'access_token=x',
    'id_token=x',
    'key=x',
    'api_key=x',
    'apikey=x',
    'api-key=x',
    'auth=x',
    'authorization=Bearer%20x',
    'bearer=x',
    'jwt=x',
    'secret=x',
    'token=',
  ])('refuses a secret in the address: %s', async (query) => {
    for (const auth of [OPEN, CLOSED]) {
      const answer = await identify(auth, { query, authorization: `Bearer ${TOKEN}` });
      expect(answer).toMatchObject({ status: 400 });
      // The refusal is no second place where it could be read.
      expect(JSON.stringify(answer)).not.toContain('=x');
    }
  });

  it('takes a token from the header, or from the list of subprotocols', async () => {
    for (const authorization of [`Bearer ${TOKEN}`, `bearer  ${TOKEN} `]) {
      expect(await identify(CLOSED, { authorization })).toHaveProperty('device.id', 'phone-1');
    }
    const subprotocols = ['earshot.v1', `bearer.${TOKEN}`];
    expect(await identify(CLOSED, { subprotocols })).toHaveProperty('device.id', 'phone-1');
    expect(isOffered({ subprotocols })).toBe(true);
    expect(isOffered({ subprotocols: ['earshot.v1'] })).toBe(false);
  });

  it.each([
    ['none', {}, 401],
    ['an empty header', { authorization: 'Bearer ' }, 401],
    ['another scheme', { authorization: `Basic ${TOKEN}` }, 401],
    ['a token with more behind it', { authorization: `Bearer ${TOKEN} x` }, 401],
    ['two tokens', { authorization: `Bearer ${TOKEN}`, subprotocols: [`bearer.${TOKEN}`] }, 400],
    ['two tokens as subprotocols', { subprotocols: [`bearer.${TOKEN}`, `bearer.${TOKEN}`] }, 400],
    ['a token too long', { authorization: `Bearer ${'x'.repeat(3_001)}` }, 401],
    ['one that is forged', { authorization: `Bearer ${TOKEN}x` }, 401],
  ])('refuses %s', async (_, given, status) => {
    const answer = await identify(CLOSED, given);
    expect(answer).toMatchObject({ status });
    expect(JSON.stringify(answer)).not.toContain(TOKEN.slice(0, 20));
  });

  it('says of a token that has expired that another one will do', async () => {
    const authorization = `Bearer ${hs256(claims({ iat: NOW_S - 3_700, exp: NOW_S - 100 }))}`;
    expect(await identify(CLOSED, { authorization })).toMatchObject({
      status: 401,
      code: 'token_expired',
    });
  });
});
