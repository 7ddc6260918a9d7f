import { describe, expect, it } from 'vitest';
import { Parcels } from '../../../../src/speech/google/http2/parcels.ts';

const TAG = 0x12;

describe('Parcels', () => {
  it.each([
    [0, '00 00000002 12 00'],
    [127, '00 00000081 12 7f'],
    [128, '00 00000083 12 8001'],
    [15_360, '00 00003c03 12 8078'],
    [16_384, '00 00004004 12 808001'],
  ])('are head, tag, length and %i bytes of audio', (bytes, head) => {
    const audio = Buffer.alloc(bytes, 0x7f);
    const expected = Buffer.concat([Buffer.from(head.replaceAll(' ', ''), 'hex'), audio]);
    const { frame, audioBytes } = new Parcels().pack(TAG, audio);
    expect(frame.equals(expected)).toBe(true);
    expect(audioBytes).toBe(bytes);
  });

  it('are used again for about as much audio, and not before they were given back', () => {
    const parcels = new Parcels();
    const [one, two] = [3_200, 3_200].map((bytes) => parcels.pack(TAG, Buffer.alloc(bytes, 1)));
    if (one === undefined) expect.fail();
    expect(two).not.toBe(one);
    parcels.give(one);
    const next = parcels.pack(TAG, Buffer.alloc(3_100, 2));
    expect(next).toBe(one);
    expect(next.frame.equals(new Parcels().pack(TAG, Buffer.alloc(3_100, 2)).frame)).toBe(true);
    expect(two?.frame.at(-1)).toBe(1);
    expect(parcels.pack(TAG, Buffer.alloc(3_100))).not.toBe(one);
  });

  it('keep no more than 256 of a size', () => {
    const parcels = new Parcels();
    const all = Array.from({ length: 300 }, () => parcels.pack(TAG, new Uint8Array(10)));
    for (const parcel of all) parcels.give(parcel);
    const again = Array.from({ length: 300 }, () => parcels.pack(TAG, new Uint8Array(10)));
    expect(again.filter((parcel) => all.includes(parcel))).toHaveLength(256);
  });

  it('tell their sender once, with what went wrong, and each next one anew', () => {
    const parcels = new Parcels();
    const parcel = parcels.pack(TAG, new Uint8Array(10));
    const broken = new Error('broken');
    const heard: unknown[] = [];
    parcel.sender = (each, error) => heard.push(each === parcel, error);
    parcel.taken(broken);
    parcel.taken();
    expect(heard).toEqual([true, broken]);
    parcel.sender = () => heard.push('next');
    parcel.taken();
    expect(heard).toEqual([true, broken, 'next']);
  });
});
