import { describe, expect, it } from 'vitest';
import { textOf } from '../../src/edge/address.ts';

function v6(...groups: number[]): Uint8Array {
  return new Uint8Array(groups.flatMap((group) => [group >> 8, group & 255]));
}

describe('textOf()', () => {
  it('writes IPv4 with dots, also where it is written as IPv6', () => {
    expect(textOf(new Uint8Array([192, 0, 2, 1]))).toBe('192.0.2.1');
    expect(textOf(v6(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201))).toBe('192.0.2.1');
  });

  it('takes all addresses of one customer of a provider for one', () => {
    const one = textOf(v6(0x2001, 0xdb8, 1, 2, 3, 4, 5, 6));
    expect(one).toBe('2001:db8:1:2::/64');
    expect(textOf(v6(0x2001, 0xdb8, 1, 2, 9, 9, 9, 9))).toBe(one);
    expect(textOf(v6(0x2001, 0xdb8, 1, 3, 3, 4, 5, 6))).not.toBe(one);
  });

  it('knows this machine, and that nowhere is nowhere', () => {
    expect(textOf(v6(0, 0, 0, 0, 0, 0, 0, 1))).toBe('::1');
    expect(textOf(new Uint8Array(0))).toBe('');
  });
});
