import { describe, expect, it } from 'vitest';
import { CLOSE, CLOSE_DONE, isRetryable } from '../../src/wire/close.ts';

/** As PROTOCOL.md says them. */
const CODES = {
  draining: 4001,
  overloaded: 4003,
  upstream_unavailable: 4004,
  slow_consumer: 4008,
  token_expired: 4010,
  idle: 4012,
  too_fast: 4013,
  rate_limited: 4013,
  start_timeout: 4014,
  bad_resume: 4411,
  unauthenticated: 4500,
  bad_message: 4501,
  bad_config: 4501,
  bad_audio: 4501,
  frame_too_large: 4501,
  forbidden: 4507,
  upstream_rejected: 4507,
  replaced: 4509,
};

describe('CLOSE', () => {
  it('holds the codes of the protocol', () => {
    const codes = Object.entries(CLOSE).map(([word, { close }]) => [word, close]);
    expect(Object.fromEntries(codes)).toEqual(CODES);
    expect(CLOSE_DONE).toBe(1000);
  });

  it('says of each when it is sent, and keeps to the range of applications', () => {
    for (const { close, when } of Object.values(CLOSE)) {
      expect(close).toBeGreaterThanOrEqual(4000);
      expect(close).toBeLessThan(5000);
      expect(when).toMatch(/^[a-z1-9`]/);
    }
  });
});

describe('isRetryable()', () => {
  it('is true up to 4499 and false from 4500 on', () => {
    expect([4000, 4399, 4400, 4499].map(isRetryable)).toEqual([true, true, true, true]);
    expect([4500, 4999].map(isRetryable)).toEqual([false, false]);
  });
});
