import { describe, expect, it } from 'vitest';
import { vitalsNow } from '../src/vitals.ts';

describe('vitalsNow()', () => {
  it('says what the process has taken: processor and loop time that only rises, and memory in bytes', () => {
    const before = vitalsNow();
    for (let n = 0; n < 3e6; n++) Math.sqrt(n);
    const after = vitalsNow();
    expect(after.cpuSeconds).toBeGreaterThan(before.cpuSeconds);
    expect(after.busySeconds).toBeGreaterThanOrEqual(before.busySeconds);
    expect(after.heapBytes).toBeGreaterThan(2 ** 20);
    expect(after.residentBytes).toBeGreaterThan(after.heapBytes / 2);
  });
});
