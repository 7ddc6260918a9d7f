import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { readClaims } from '../../src/edge/claims.ts';
import { claims, NOW_S } from '../fakes/token-maker.ts';

const CONFIG = readConfig({ EARSHOT_AUTH_SECRET: 'x'.repeat(32) });
const ISSUED = { ...CONFIG, authIssuer: 'https://issuer.example' };

function read(json: unknown, config = CONFIG) {
  const text = typeof json === 'string' ? json : JSON.stringify(json);
  return readClaims(new TextEncoder().encode(text), config, NOW_S * 1_000);
}

describe('readClaims()', () => {
  it('says whose token it is, and what that may do', () => {
    expect(read(claims())).toEqual({
      device: { id: 'phone-1', fleet: 'default' },
      terms: { expiresMs: (NOW_S + 3_600) * 1_000 },
    });
    const limits = { sessions: 2, audio_minutes: 5, models: ['m'], languages: ['en'] };
    expect(read(claims({ fleet: 'f.1', ...limits }))).toMatchObject({
      device: { fleet: 'f.1' },
      terms: { sessionsMax: 2, audioMsMax: 300_000, models: ['m'], languages: ['en'] },
    });
  });

  it.each([
    ['one of several audiences', { aud: ['other', 'earshot'] }],
    ['no iat', { iat: undefined }],
    ['half a minute in another clock’s past', { exp: NOW_S - 29 }],
    ['half a minute in another clock’s future', { nbf: NOW_S + 29, iat: NOW_S + 29 }],
    ['a lifetime of an hour', { iat: NOW_S - 1_800, exp: NOW_S + 1_800 }],
  ])('takes %s', (_, other) => {
    expect(read(claims(other))).toHaveProperty('device');
  });

  it.each([
    ['no aud', { aud: undefined }, /aud/],
    ['another aud', { aud: 'earshots' }, /aud .* expected earshot/],
    ['an aud that contains ours', { aud: ['earshot.example'] }, /aud/],
    ['an aud that is an object', { aud: { earshot: 1 } }, /aud/],
    ['no exp', { exp: undefined }, /exp is missing/],
    ['an exp that is text', { exp: `${NOW_S + 60}` }, /exp is missing or malformed/],
    ['an exp beyond all calendars', { exp: 1e300 }, /exp/],
    ['a token of yesterday', { iat: NOW_S - 90_000, exp: NOW_S - 86_400 }, /has expired/],
    ['a token that has just expired', { exp: NOW_S - 30 }, /has expired/],
    ['a token of tomorrow', { nbf: NOW_S + 86_400, exp: NOW_S + 90_000 }, /not valid yet/],
    ['an iat of tomorrow', { iat: NOW_S + 31 }, /not valid yet/],
    ['a lifetime of a day', { exp: NOW_S + 86_400 }, /good for .* at most 3600000/],
    ['a lifetime of a day, begun yesterday', { iat: NOW_S - 86_000, exp: NOW_S + 60 }, /good for/],
    ['a long lifetime without iat', { iat: undefined, exp: NOW_S + 7_200 }, /good for/],
    ['no sub', { sub: undefined }, /sub is missing/],
    ['an empty sub', { sub: '' }, /sub/],
    ['a sub that is a number', { sub: 7 }, /sub/],
    ['a sub that forges a line', { sub: 'a\nb' }, /sub/],
    ['a sub too long', { sub: 'x'.repeat(129) }, /sub/],
    ['a fleet that is a path', { fleet: '../x' }, /fleet/],
    ['a fleet too long', { fleet: 'x'.repeat(65) }, /fleet/],
    ['no sessions at all', { sessions: 0 }, /sessions/],
    ['sessions that are text', { sessions: '1' }, /sessions/],
    ['audio_minutes below 0', { audio_minutes: -1 }, /audio_minutes/],
    ['models that are no list', { models: 'm' }, /models/],
    ['languages that are no texts', { languages: [1] }, /languages/],
  ])('refuses %s', (_, other, says) => {
    const answer = read(claims(other));
    expect(answer).toMatchObject({ message: expect.stringMatching(says) });
    expect(answer).toHaveProperty('isExpired', String(says).includes('expired'));
  });

  it('wants the issuer that is set', () => {
    expect(read(claims({ iss: ISSUED.authIssuer }), ISSUED)).toHaveProperty('device');
    for (const iss of [undefined, 'https://issuer.example/', ['https://issuer.example']]) {
      expect(read(claims({ iss }), ISSUED)).toMatchObject({
        message: expect.stringMatching(/iss/),
      });
    }
  });

  it.each(['', 'null', '[]', '"x"', '{', '{"aud":'])('takes %j for no claims', (text) => {
    expect(read(text)).toMatchObject({
      isExpired: false,
      message: expect.stringMatching(/no JSON object/),
    });
  });

  it('has an answer for any JSON', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.dictionary(
          fc.constantFrom('aud', 'exp', 'sub', 'nbf', 'fleet', 'models'),
          fc.jsonValue(),
        ),
        (json, other) => {
          for (const each of [json, claims(other)]) {
            const answer = read(each);
            expect('device' in answer || answer.message.length > 0).toBe(true);
          }
        },
      ),
    );
  });
});
