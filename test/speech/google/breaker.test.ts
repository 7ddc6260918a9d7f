import { describe, expect, it } from 'vitest';
import { Breaker } from '../../../src/speech/google/breaker.ts';

describe('Breaker', () => {
  it('lets all through until credentials are refused, and then none for 30 s', () => {
    const breaker = new Breaker();
    expect([breaker.refusal(0), breaker.problem(0)]).toEqual([undefined, undefined]);
    breaker.refused('no', 1_000);
    expect([breaker.refusal(1_000), breaker.refusal(30_999)]).toEqual(['no', 'no']);
    expect(breaker.problem(30_999)).toBe('no');
  });

  it('then lets one through, and all once that was answered', () => {
    const breaker = new Breaker();
    breaker.refused('no', 0);
    expect(breaker.refusal(30_000)).toBe(undefined);
    expect(breaker.refusal(30_001)).toBe('no');
    expect(breaker.problem(30_001)).toBe('no');
    breaker.accepted();
    expect([breaker.refusal(30_002), breaker.problem(30_002)]).toEqual([undefined, undefined]);
  });

  it('waits again when that one is refused too', () => {
    const breaker = new Breaker();
    breaker.refused('no', 0);
    breaker.refusal(30_000);
    breaker.refused('still no', 30_500);
    expect(breaker.refusal(60_400)).toBe('still no');
    expect(breaker.refusal(60_500)).toBe(undefined);
  });

  it('takes one that lives for 10 s for accepted: silence has no answer', () => {
    const breaker = new Breaker();
    breaker.refused('no', 0);
    breaker.refusal(30_000);
    expect(breaker.refusal(39_999)).toBe('no');
    expect(breaker.problem(40_000)).toBe(undefined);
  });

  it('tells when it opens and closes, but not of probes in between', () => {
    const told: string[] = [];
    const breaker = new Breaker({
      onOpened: (why) => told.push(why),
      onClosed: () => told.push('closed'),
    });
    breaker.accepted();
    breaker.refused('no', 0);
    breaker.refused('no', 10);
    breaker.refusal(30_010);
    breaker.refused('still no', 30_500);
    expect(told).toEqual(['no']);
    breaker.refusal(60_500);
    breaker.accepted();
    breaker.accepted();
    expect(told).toEqual(['no', 'closed']);
    breaker.refused('no again', 70_000);
    breaker.refusal(100_000);
    breaker.problem(110_000);
    expect(told).toEqual(['no', 'closed', 'no again', 'closed']);
  });

  it('is not closed by a stream from before', () => {
    const breaker = new Breaker();
    breaker.refused('no', 0);
    breaker.accepted();
    expect(breaker.refusal(1)).toBe('no');
  });
});
