import { describe, expect, it } from 'vitest';
import { identify } from '../../src/edge/auth.ts';

describe('identify()', () => {
  it.each(['', 'a=1', 'monkey=1', 'keyboard=1&author=x', 'tokens=5', 'a=token'])(
    'lets a device with the query %j in, as nobody in particular',
    (query) => {
      expect(identify(query)).toEqual({ device: { id: 'anonymous', fleet: 'default' } });
    },
  );

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
  ])('refuses a secret in the address: %s', (query) => {
    const answer = identify(query);
    expect(answer).toMatchObject({ refused: { status: 400 } });
    // The refusal is no second place where it could be read.
    expect(JSON.stringify(answer)).not.toContain('=x');
  });
});
