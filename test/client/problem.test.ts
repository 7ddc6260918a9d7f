import { describe, expect, it } from 'vitest';
import { lost, problem, refusal } from '../../src/client/problem.ts';

describe('StreamError', () => {
  it("repeats what the server's error says, with the close code", () => {
    const error = {
      code: 'overloaded',
      message: 'full',
      retryable: true,
      retryAfterMs: 5,
    } as const;
    expect(refusal({ type: 'error', ...error }, 4003)).toMatchObject({ ...error, close: 4003 });
  });

  it('names the close code and the reason of a connection that was lost', () => {
    const { message, retryable } = lost('ws://host/', 4509, 'replaced');
    expect(message).toBe(
      "ws://host/ ended the connection without a summary (close code 4509 'replaced')",
    );
    expect(retryable).toBe(false);
    expect(lost('ws://host/', 1006, '').message).toContain('(close code 1006)');
  });

  it('is not retryable unless it says so', () => {
    expect(problem('closed', 'bye')).toMatchObject({ code: 'closed', retryable: false });
    expect(problem('lost', 'oh', { retryable: true })).toMatchObject({ retryable: true });
  });
});
