import { describe, expect, it } from 'vitest';
import { EarshotError, messageOf } from '../src/errors.ts';

describe('EarshotError', () => {
  it('says what went wrong, who can do something about it, and why', () => {
    const cause = new Error('EADDRINUSE');
    const error = new EarshotError('listen_failed', 'edge', 'cannot listen', cause);
    expect(error).toMatchObject({
      name: 'EarshotError',
      code: 'listen_failed',
      blame: 'edge',
      message: 'cannot listen',
      cause,
    });
    expect(error).toBeInstanceOf(Error);
  });

  it('has no cause when there is none', () => {
    expect('cause' in new EarshotError('model_invalid', 'recognizer', 'a')).toBe(false);
  });
});

describe('messageOf()', () => {
  it.each([
    [new Error('a'), 'a'],
    [new TypeError(''), ''],
    ['a', 'a'],
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
  ])('gives the message of %j', (thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});
