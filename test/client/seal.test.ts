import { describe, expect, it } from 'vitest';
import { newSealer, readDeviceKey } from '../../src/client/seal.ts';

const TEXT = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

describe('readDeviceKey()', () => {
  it('takes 32 bytes as base64url', () => {
    const key = Uint8Array.from({ length: 32 }, (_, n) => n);
    expect(readDeviceKey(TEXT)).toEqual(key);
    expect(readDeviceKey(`${TEXT}=`)).toEqual(key);
    expect(readDeviceKey('_'.repeat(42).concat('8'))).toHaveLength(32);
  });

  it.each(['', 'canary', `${TEXT}A`, TEXT.slice(1), TEXT.replace('A', '+')])(
    'takes no %j, and does not repeat it',
    (text) => {
      expect(() => readDeviceKey(text)).toThrow(RangeError);
      expect(() => readDeviceKey(text)).not.toThrow(/canary/);
    },
  );
});

describe('newSealer()', () => {
  it('puts 16 bytes before the audio, others for another number or session', () => {
    const key = readDeviceKey(TEXT);
    const audio = Uint8Array.of(1, 2);
    const sealed = [
      newSealer(key, 'a').seal(1, audio),
      newSealer(key, 'a').seal(2, audio),
      newSealer(key, 'b').seal(1, audio),
    ];
    for (const each of sealed) expect([each.byteLength, ...each.subarray(16)]).toEqual([18, 1, 2]);
    expect(new Set(sealed.map((each) => Buffer.from(each).toString('hex'))).size).toBe(3);
  });
});
