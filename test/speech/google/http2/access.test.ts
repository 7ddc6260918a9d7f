import { describe, expect, it } from 'vitest';
import { classOf } from '../../../../src/speech/google/faults.ts';
import type { Auth } from '../../../../src/speech/google/http2/access.ts';
import { authOf, GoogleAccess, OPEN_ACCESS } from '../../../../src/speech/google/http2/access.ts';

/** Credentials whose token changes with every call, as one does when it is renewed. */
class FakeAuth implements Auth {
  readonly urls: string[] = [];
  state: 'good' | 'none' | 'expired' = 'good';

  getClient(): ReturnType<Auth['getClient']> {
    if (this.state === 'none') {
      return Promise.reject(new Error('Could not load the default credentials.'));
    }
    return Promise.resolve({
      getRequestHeaders: (url) => {
        this.urls.push(url);
        if (this.state === 'expired') return Promise.reject(new Error('invalid_grant'));
        const headers = new Headers({ authorization: `Bearer ${this.urls.length}` });
        headers.set('x-goog-user-project', 'payer');
        return Promise.resolve(headers);
      },
    });
  }
}

describe('GoogleAccess', () => {
  it('asks for the headers of each call, so that a token is renewed in time', async () => {
    const auth = new FakeAuth();
    const access = new GoogleAccess(auth, 'v2', 'eu-speech.googleapis.com');
    for (const nth of [1, 2]) {
      expect(await access.headers()).toEqual({
        headers: { authorization: `Bearer ${nth}`, 'x-goog-user-project': 'payer' },
      });
    }
    expect(auth.urls[0]).toBe('https://eu-speech.googleapis.com/google.cloud.speech.v2.Speech');
  });

  it.each([
    ['none', -1, 'Could not load the default credentials.'],
    ['expired', 2, 'Getting metadata from plugin failed with error: invalid_grant'],
  ] as const)(
    'says why there are no headers when credentials are %s',
    async (state, code, text) => {
      const auth = new FakeAuth();
      auth.state = state;
      const access = new GoogleAccess(auth, 'v1', 'speech.googleapis.com');
      expect(await access.headers()).toEqual({ refusal: { code, text } });
      expect(classOf('v1', code, text)).toBe('credentials');
      auth.state = 'good';
      expect(await access.headers()).toHaveProperty('headers');
    },
  );
});

describe('authOf()', () => {
  it.each(['v1', 'v2'] as const)(
    "is the library's own for %s, with the scope of its calls",
    (version) => {
      expect(authOf(version, 'speech.googleapis.com', 'p')).toMatchObject({
        defaultScopes: ['https://www.googleapis.com/auth/cloud-platform'],
        useJWTAccessWithScope: true,
      });
      expect(authOf(version, 'eu-speech.googleapis.com', undefined)).toMatchObject({
        useJWTAccessWithScope: true,
      });
    },
  );
});

describe('OPEN_ACCESS', () => {
  it('shows nothing', async () => {
    expect(await OPEN_ACCESS.headers()).toEqual({ headers: {} });
  });
});
