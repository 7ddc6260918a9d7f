import { describe, expect, it } from 'vitest';
import { lost, problem, refusal } from '../../src/client/problem.ts';
import { verdictOf } from '../../src/client/verdict.ts';

function verdictOfClose(close: number): string {
  return verdictOf(lost('ws://host/', close, ''), 'possible');
}

describe('verdictOf()', () => {
  it('goes by the range of the close code, whether it is known or not', () => {
    for (const close of [4000, 4001, 4003, 4004, 4008, 4013, 4014, 4399]) {
      expect([close, verdictOfClose(close)]).toEqual([close, 'resume']);
    }
    for (const close of [4400, 4411, 4499]) {
      expect([close, verdictOfClose(close)]).toEqual([close, 'anew']);
    }
    for (const close of [4500, 4501, 4507, 4509, 4999]) {
      expect([close, verdictOfClose(close)]).toEqual([close, 'end']);
    }
  });

  it('resumes after a connection that broke, and after a close that says nothing', () => {
    for (const close of [1000, 1001, 1005, 1006, 1011, 1012]) {
      expect([close, verdictOfClose(close)]).toEqual([close, 'resume']);
    }
  });

  it('rests after idle', () => {
    expect(verdictOfClose(4012)).toBe('rest');
  });

  it('brings another token after 4010, where there is one', () => {
    const expired = lost('ws://host/', 4010, '');
    expect(verdictOf(expired, 'possible')).toBe('resume');
    expect(verdictOf(expired, 'none')).toBe('end');
  });

  it('brings another token after HTTP 401, but not twice in a row', () => {
    const refused = problem('unreachable', 'no', { status: 401 });
    expect(verdictOf(refused, 'possible')).toBe('resume');
    expect(verdictOf(refused, 'spent')).toBe('end');
    expect(verdictOf(refused, 'none')).toBe('end');
  });

  it('goes by what is said where no close code came', () => {
    expect(verdictOf(problem('unreachable', '', { retryable: true }), 'none')).toBe('resume');
    expect(verdictOf(problem('bad_answer', ''), 'none')).toBe('end');
    const error = { type: 'error', message: '', retryable: true } as const;
    expect(verdictOf(refusal({ ...error, code: 'overloaded' }, undefined), 'none')).toBe('resume');
    expect(verdictOf(refusal({ ...error, code: 'overloaded' }, 1006), 'none')).toBe('resume');
    expect(verdictOf(refusal({ ...error, code: 'bad_config' }, undefined), 'none')).toBe('end');
  });
});
