import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSealer } from '../../src/client/seal.ts';
import { deviceKeyOf, fleetSecretOf, Seal, sealOf } from '../../src/wire/seal.ts';

const KEY = deviceKeyOf(fleetSecretOf('secret', 'fleet'), 'device');

describe('Seal', () => {
  it('opens what the client has sealed, whatever the session, number and audio', () => {
    const audio = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 2 ** 40 }),
        audio,
        (session, number, bytes) => {
          const sealed = newSealer(KEY, session).seal(number, bytes);
          expect(new Seal(KEY, session, number).open(sealed)).toEqual(bytes);
        },
      ),
    );
  });

  it('refuses whatever has a bit changed', () => {
    const sealed = newSealer(KEY, 's').seal(1, new Uint8Array(40));
    fc.assert(
      fc.property(fc.nat(sealed.byteLength * 8 - 1), (bit) => {
        const other = Uint8Array.from(sealed);
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(new Seal(KEY, 's', 1).open(other)).toMatchObject({ code: 'bad_audio' });
      }),
    );
  });

  it('is made as PROTOCOL.md says it', () => {
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    const audio = Uint8Array.from([0, 1, 2, 3]);
    expect(hex(KEY)).toBe(VECTOR.deviceKey);
    expect(hex(newSealer(KEY, 'session').seal(7, audio))).toBe(VECTOR.sealed);
    expect(sealOf(KEY, 's', 1, audio)).toHaveLength(16);
  });
});

/** Made by Python's hmac: deviceKey is HMAC(HMAC('secret', 'fleet'), 'device'). */
const VECTOR = {
  deviceKey: 'f5ff6f1dcfd9cea603e4c3b6941920254db829da6ae181ef713bf8cd1f9d2514',
  sealed: '5b24396bbe5b604f57df1e7b2854c4c800010203',
};
