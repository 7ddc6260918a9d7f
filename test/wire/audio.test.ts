import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrameRule } from '../../src/wire/audio.ts';
import { decodeBase64, samplesIn, tooLarge } from '../../src/wire/audio.ts';
import { FRAME_BYTES_MAX } from '../../src/wire/limits.ts';

const LINEAR: FrameRule = { encoding: 'LINEAR16', sampleRateHertz: 16_000, frameMsMax: 1_000 };
const MULAW: FrameRule = { encoding: 'MULAW', sampleRateHertz: 8_000, frameMsMax: 1_000 };

describe('decodeBase64()', () => {
  it('gives the bytes of any audio back, in both alphabets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const standard = Buffer.from(bytes).toString('base64');
        const urlSafe = standard.replaceAll('+', '-').replaceAll('/', '_');
        expect(decodeBase64(standard)).toEqual(Buffer.from(bytes));
        expect(decodeBase64(urlSafe)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each([1, FRAME_BYTES_MAX, FRAME_BYTES_MAX + 1])('gives back %i bytes', (length) => {
    const bytes = Buffer.alloc(length, 0xa5);
    expect(bytes.equals(decodeBase64(bytes.toString('base64')) as Uint8Array)).toBe(true);
  });

  it.each(['QUI', 'QUI==', 'Q===', '====', 'QU=I', 'QQ==QUJD', 'QU I', 'QUJ\n', 'QU.D', 'QUé='])(
    'refuses %j, which is no base64',
    (content) => {
      expect(decodeBase64(content)).toEqual({
        code: 'bad_audio',
        message: `audio.content is no base64 (${content.length} characters), expected RFC 4648 with padding`,
        field: 'audio.content',
      });
    },
  );

  it('refuses letters that only look like base64 once they are cut to a byte', () => {
    expect(decodeBase64('QUJ\u0141')).toMatchObject({ code: 'bad_audio' });
  });

  it('takes exactly what a strict reading of RFC 4648 takes', () => {
    const strict = /^(?:[\w+/-]{4})*(?:[\w+/-]{2}==|[\w+/-]{3}=)?$/;
    const letter = fc.constantFrom('Q', 'b', '9', '+', '_', '=', ' ', '\n', '.', 'é', 'Ł', '😀');
    const near = fc.array(fc.oneof({ weight: 8, arbitrary: fc.constant('Q') }, letter), {
      maxLength: 16,
    });
    fc.assert(
      fc.property(near, (letters) => {
        const content = letters.join('');
        expect(decodeBase64(content) instanceof Uint8Array).toBe(strict.test(content));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('samplesIn()', () => {
  it('counts samples by the bytes of the encoding', () => {
    expect(samplesIn(new Uint8Array(640), LINEAR)).toBe(320);
    expect(samplesIn(new Uint8Array(640), MULAW)).toBe(640);
    expect(samplesIn(new Uint8Array(1), MULAW)).toBe(1);
  });

  it('refuses an empty frame', () => {
    expect(samplesIn(new Uint8Array(0), LINEAR)).toEqual({
      code: 'bad_audio',
      message: 'the frame is empty, expected at least one sample',
    });
  });

  it('refuses half a sample', () => {
    expect(samplesIn(new Uint8Array(641), LINEAR)).toEqual({
      code: 'bad_audio',
      message: 'the frame has 641 bytes, expected a multiple of 2 for LINEAR16',
    });
  });

  it('takes the longest frame and refuses the next', () => {
    expect(samplesIn(new Uint8Array(32_000), LINEAR)).toBe(16_000);
    expect(samplesIn(new Uint8Array(32_034), LINEAR)).toEqual({
      code: 'frame_too_large',
      message: 'the message is 1001 ms long, expected at most 1000 ms',
    });
  });

  it('takes the most bytes and refuses the next, whatever their length in time', () => {
    const rule: FrameRule = { ...LINEAR, sampleRateHertz: 48_000 };
    expect(samplesIn(new Uint8Array(FRAME_BYTES_MAX), rule)).toBe(FRAME_BYTES_MAX / 2);
    expect(samplesIn(new Uint8Array(FRAME_BYTES_MAX + 1), rule)).toEqual({
      code: 'frame_too_large',
      message: 'the message is 65537 bytes, expected at most 65536 bytes',
    });
  });

  it('reads a frame that is a part of a larger buffer', () => {
    expect(samplesIn(new Uint8Array(100).subarray(3, 7), LINEAR)).toBe(2);
  });
});

describe('tooLarge()', () => {
  it('says how large and how large it may be', () => {
    expect(tooLarge('9 bytes', '8 bytes')).toEqual({
      code: 'frame_too_large',
      message: 'the message is 9 bytes, expected at most 8 bytes',
    });
  });
});
