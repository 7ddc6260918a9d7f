import { describe, expect, it } from 'vitest';
import { Window } from '../../src/client/window.ts';

describe('Window', () => {
  it('lets through what fits beside what is outstanding', () => {
    const window = new Window();
    window.set(100, 60);
    expect([window.fits(40), window.fits(41)]).toEqual([true, false]);
    window.spend(40);
    expect(window.fits(1)).toBe(false);
  });

  it('lets one longer frame through when nothing is outstanding, unless it is shut', () => {
    const window = new Window();
    expect(window.fits(1)).toBe(false);
    window.set(100, 0);
    expect(window.fits(500)).toBe(true);
    window.set(0, 0);
    expect(window.fits(1)).toBe(false);
  });
});
