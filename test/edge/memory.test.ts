import { describe, expect, it } from 'vitest';
import { memoryShare } from '../../src/edge/memory.ts';

const MEMORY = { heapUsed: 10, heapMax: 100, resident: 20, machine: 400, container: 0 };

describe('memoryShare()', () => {
  it('is that of the heap, or of what is resident in the part of this process, whichever is more', () => {
    expect(memoryShare(1, MEMORY)).toBe(0.1);
    expect(memoryShare(4, MEMORY)).toBe(0.2);
    expect(memoryShare(4, { ...MEMORY, heapUsed: 30 })).toBe(0.3);
  });

  it('goes by the limit of a container, where there is one', () => {
    expect(memoryShare(2, { ...MEMORY, container: 100 })).toBe(0.4);
    expect(memoryShare(4, { ...MEMORY, container: 2 ** 63 })).toBe(0.2);
  });

  it('says of this process what can be', () => {
    expect(memoryShare(1)).toBeGreaterThan(0);
    expect(memoryShare(1)).toBeLessThan(1);
  });
});
