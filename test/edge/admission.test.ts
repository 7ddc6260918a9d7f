import { describe, expect, it } from 'vitest';
import { admit } from '../../src/edge/admission.ts';

const HOUSE = { sessions: 0, sessionsMax: 10, draining: false, overloaded: false };

describe('admit()', () => {
  it('lets devices in up to the limit', () => {
    expect(admit(HOUSE)).toBe(undefined);
    expect(admit({ ...HOUSE, sessions: 9 })).toBe(undefined);
  });

  it('refuses one more, and says when to come again', () => {
    for (const sessions of [10, 11]) {
      expect(admit({ ...HOUSE, sessions })).toEqual({
        status: 503,
        message: 'all 10 connections are taken, expected one again soon',
        retryAfterMs: 5_000,
      });
    }
  });

  it('refuses everybody while the process leaves', () => {
    expect(admit({ ...HOUSE, draining: true })).toMatchObject({ status: 503, retryAfterMs: 5_000 });
  });

  it('refuses newcomers while there is too much to do', () => {
    expect(admit({ ...HOUSE, overloaded: true })).toMatchObject({
      status: 503,
      message: expect.stringMatching(/too much to do/),
      retryAfterMs: 5_000,
    });
  });
});
