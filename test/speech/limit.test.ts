import { describe, expect, it } from 'vitest';
import { StreamLimit } from '../../src/speech/limit.ts';

describe('StreamLimit', () => {
  it('falls by a tenth when a stream is refused, once in 3 s', () => {
    const limit = new StreamLimit(300);
    limit.refused(0);
    limit.refused(2_999);
    expect(limit.value).toBe(270);
    limit.refused(3_000);
    expect(limit.value).toBe(243);
  });

  it('rises by one with each stream that is served, up to what is configured', () => {
    const limit = new StreamLimit(10);
    limit.refused(0);
    limit.served(1_000);
    expect(limit.value).toBe(9);
    for (let n = 0; n < 5; n++) limit.served(4_000);
    expect(limit.value).toBe(10);
  });

  it('never falls below one, nor rises from none', () => {
    const limit = new StreamLimit(3);
    for (let n = 0; n < 100; n++) limit.refused(n * 3_000);
    expect(limit.value).toBe(1);
    const none = new StreamLimit(0);
    none.refused(0);
    none.served(10_000);
    expect(none.value).toBe(0);
  });
});
