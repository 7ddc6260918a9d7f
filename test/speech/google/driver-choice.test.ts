import { describe, expect, it } from 'vitest';
import { chooseDriver } from '../../../src/speech/google/driver-choice.ts';

describe('chooseDriver()', () => {
  it('takes the one that costs least', () => {
    expect(chooseDriver('auto', {})).toEqual({ name: 'http2', why: 'it costs least' });
    expect(chooseDriver('auto', { https_proxy: '' }).name).toBe('http2');
  });

  it.each([
    'grpc_proxy',
    'https_proxy',
    'http_proxy',
    'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
    'GRPC_SSL_CIPHER_SUITES',
    'GOOGLE_API_USE_CLIENT_CERTIFICATE',
  ])("takes Google's library where %s is set", (name) => {
    expect(chooseDriver('auto', { [name]: 'x' })).toEqual({
      name: 'library',
      why: `${name} is set`,
    });
  });

  it.each(['http2', 'library'] as const)(
    'takes %s where it is told to, whatever is set',
    (name) => {
      const why = 'EARSHOT_GOOGLE_DRIVER says so';
      expect(chooseDriver(name, { https_proxy: 'x' })).toEqual({ name, why });
    },
  );
});
