import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import {
  errorOf,
  failed,
  faulty,
  misplaced,
  overdue,
  REPLACED,
  refused,
  SECOND_START,
  unread,
} from '../../src/session/reasons.ts';

const CONFIG = readConfig({});
const FRESH = { openMs: 0, quietMs: 0, unseenMs: 0 };

describe('Reasons', () => {
  it('name the code and say what was expected', () => {
    expect(refused(3_000)).toEqual({
      code: 'overloaded',
      message: 'no recognizer stream was free in time, expected one again in 3000 ms',
      retryAfterMs: 3_000,
    });
    expect(unread(7)).toMatchObject({ code: 'slow_consumer' });
    expect(SECOND_START.code).toBe('bad_message');
  });

  it('say whose fault a failed recognizer is', () => {
    const because = { message: 'gone' };
    expect(failed({ kind: 'config', ...because }).code).toBe('upstream_rejected');
    for (const kind of ['transient', 'unavailable'] as const) {
      expect(failed({ kind, ...because })).toEqual({
        code: 'upstream_unavailable',
        message: 'the recognizer failed: gone',
      });
    }
  });

  it('tell a device that was too fast when to come back, and no other', () => {
    const fault = { message: 'm', field: 'f' };
    expect(faulty({ ...fault, code: 'too_fast' })).toMatchObject({ retryAfterMs: 5_000 });
    expect(faulty({ ...fault, code: 'bad_audio' })).toEqual({ code: 'bad_audio', message: 'm' });
  });
});

describe('misplaced()', () => {
  it('has something against what comes before ready or after finish', () => {
    expect(misplaced('audio', 'opening')?.message).toBe('audio came before ready, expected start');
    expect(misplaced('gap', 'finishing')?.message).toBe('gap came after finish, expected nothing');
    expect(misplaced('audio', 'closed')).toBeUndefined();
  });
});

describe('overdue()', () => {
  it.each([
    ['opening', { openMs: 5_000 }, 'start_timeout'],
    ['open', { quietMs: 30_000 }, 'idle'],
    ['open', { unseenMs: 20_000 }, 'slow_consumer'],
    ['finishing', { unseenMs: 20_000 }, 'slow_consumer'],
  ] as const)('ends one that is %s after %j: %s', (state, waits, code) => {
    const [[name, ms] = ['', 0]] = Object.entries(waits);
    expect(overdue({ state, ...FRESH, ...waits }, CONFIG)?.code).toBe(code);
    expect(overdue({ state, ...FRESH, [name]: ms - 1 }, CONFIG)).toBeUndefined();
  });

  it('lets a device be quiet after finish, and a session last', () => {
    const waits = { openMs: 1e9, quietMs: 1e9, unseenMs: 0 };
    expect(overdue({ state: 'finishing', ...waits }, CONFIG)).toBeUndefined();
    expect(overdue({ state: 'open', ...waits, quietMs: 0 }, CONFIG)).toBeUndefined();
  });
});

describe('errorOf()', () => {
  it('says whether to come back, and what is unsettled', () => {
    const reason = { code: 'idle', message: 'm' } as const;
    expect(errorOf(reason)).toEqual({ type: 'error', ...reason, retryable: true });
    expect(errorOf(reason, { from: 1, to: 2 })).toMatchObject({ from: 1, to: 2 });
    expect(REPLACED).toMatchObject({ code: 'replaced', retryable: false });
  });
});
