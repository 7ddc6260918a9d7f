import { describe, expect, it } from 'vitest';
import { urgency } from '../../src/speech/rotation.ts';

const POLICY = { softMs: 240_000, jitterMs: 15_000, hardMs: 290_000 };

describe('urgency()', () => {
  it('asks for nothing without a policy, however old a stream is', () => {
    expect(urgency(undefined, 1e9, 0)).toBe('none');
  });

  it('asks for a pause from the soft age on, and for a cut at the hard one', () => {
    expect(urgency(POLICY, 239_999, 0)).toBe('none');
    expect(urgency(POLICY, 240_000, 0)).toBe('pause');
    expect(urgency(POLICY, 289_999, 0)).toBe('pause');
    expect(urgency(POLICY, 290_000, 0)).toBe('now');
  });

  it('spreads sessions that began together over the jitter', () => {
    expect(urgency(POLICY, 225_000, 1)).toBe('pause');
    expect(urgency(POLICY, 232_499, 0.5)).toBe('none');
    expect(urgency(POLICY, 232_500, 0.5)).toBe('pause');
  });
});
