import { describe, expect, it } from 'vitest';
import { failed, refused } from '../../src/client/failure.ts';

const URL_ = 'ws://host:8080/v1/stream';

describe('refused()', () => {
  it('says the status and what to check', () => {
    expect(refused(URL_, 401, undefined)).toEqual({
      message: 'ws://host:8080/v1/stream answered HTTP 401: the token is missing or not valid',
      retryable: false,
      status: 401,
    });
    expect(refused(URL_, 200, undefined).message).toContain('HTTP 200: this is no Earshot server');
  });

  it('keeps the wait that a busy server asks for', () => {
    expect(refused(URL_, 503, '7')).toMatchObject({ retryable: true, retryAfterMs: 7_000 });
    expect(refused(URL_, 429, 'Tue, 01 Jan 2030 00:00:00 GMT')).not.toHaveProperty('retryAfterMs');
    expect(refused(URL_, 404, '7')).not.toHaveProperty('retryAfterMs');
  });
});

describe('failed()', () => {
  it('says what a system error means, and names it', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(failed(URL_, error)).toEqual({
      message:
        'ws://host:8080/v1/stream: nothing listens there: is the server running, and on this port? (ECONNREFUSED)',
      retryable: true,
    });
  });

  it('says when there is no HTTP, and repeats what it does not know', () => {
    const noHttp = Object.assign(new Error('Parse Error'), { code: 'HPE_INVALID_CONSTANT' });
    expect(failed(URL_, noHttp).message).toContain('is no HTTP');
    expect(failed(URL_, new Error('odd'))).toEqual({ message: `${URL_}: odd`, retryable: false });
  });
});
