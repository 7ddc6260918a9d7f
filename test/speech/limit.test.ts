import { describe, expect, it } from 'vitest';
import { StreamLimit } from '../../src/speech/limit.ts';

describe('StreamLimit', () => {
  it('falls by a tenth when a stream is refused, once in 3 s', () => {
    const limit = new StreamLimit(300);
    limit.refused(0, 300);
    limit.refused(2_999, 300);
    expect(limit.value).toBe(270);
    limit.refused(3_000, 300);
    expect(limit.value).toBe(243);
  });

  it('falls to a tenth below the streams that there are, whatever it allowed beyond them', () => {
    const limit = new StreamLimit(300);
    limit.refused(0, 50);
    expect(limit.value).toBe(45);
  });

  it('follows a burst of refusals to a tenth below the last of them, and no further', () => {
    const limit = new StreamLimit(40);
    for (const streams of [40, 39, 38, 30, 21, 22, 30, 40]) limit.refused(0, streams);
    expect(limit.value).toBe(18);
  });

  it('rises by one with each stream that is served, up to what is configured', () => {
    const limit = new StreamLimit(10);
    limit.refused(0, 10);
    limit.served(1_000, 9);
    expect(limit.value).toBe(9);
    for (let n = 0; n < 5; n++) limit.served(4_000, 10);
    expect(limit.value).toBe(10);
  });

  it('does not rise while streams are left, but for those of the reserve', () => {
    const limit = new StreamLimit(100);
    limit.refused(0, 100);
    limit.served(4_000, 86);
    expect(limit.value).toBe(90);
    limit.served(4_000, 87);
    expect(limit.value).toBe(91);
  });

  it('never falls below one, nor rises from none', () => {
    const limit = new StreamLimit(3);
    for (let n = 0; n < 100; n++) limit.refused(n * 3_000, 3);
    expect(limit.value).toBe(1);
    limit.refused(300_000, 0);
    expect(limit.value).toBe(1);
    const none = new StreamLimit(0);
    none.refused(0, 1);
    none.served(10_000, 1);
    expect(none.value).toBe(0);
  });
});
