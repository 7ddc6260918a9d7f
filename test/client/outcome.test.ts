import { describe, expect, it } from 'vitest';
import { Outcome } from '../../src/client/outcome.ts';

describe('Outcome', () => {
  it('answers all who wait, before and after it is there, and keeps the first', async () => {
    const outcome = new Outcome<number>();
    const early = outcome.wait();
    outcome.resolve(1);
    outcome.resolve(2);
    outcome.reject(new Error('too late'));
    expect(await early).toBe(1);
    expect(await outcome.wait()).toBe(1);
  });

  it('rejects those who wait and disturbs nobody else', async () => {
    const outcome = new Outcome<number>();
    outcome.reject(new Error('no')); // with no promise there is no unhandled rejection
    await expect(outcome.wait()).rejects.toThrow('no');
  });
});
