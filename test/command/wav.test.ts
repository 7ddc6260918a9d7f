import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AudioFormat, WavAudio, WavFault } from '../../src/command/wav.ts';
import { ByteReader, framesOf, isRiff, readWav } from '../../src/command/wav.ts';
import type { WavFields } from '../fakes/wav-file.ts';
import { wavOf } from '../fakes/wav-file.ts';

const AUDIO = Uint8Array.from({ length: 64 }, (_, i) => i + 1);

/** As a stream brings it: cut after each of `cuts` bytes, again and again. */
async function* piecesOf(bytes: Uint8Array, cuts: readonly number[] = [7]) {
  await Promise.resolve();
  for (let at = 0, i = 0; at < bytes.byteLength; i++) {
    const length = cuts[i % cuts.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function readerOf(bytes: Uint8Array, cuts?: readonly number[]): ByteReader {
  return new ByteReader(piecesOf(bytes, cuts));
}

function read(fields: WavFields, audio = AUDIO): Promise<WavAudio | WavFault> {
  return readWav(readerOf(wavOf(audio, fields)));
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<number[]> {
  const bytes: number[] = [];
  for await (const piece of pieces) bytes.push(...piece);
  return bytes;
}

describe('readWav()', () => {
  it('reads 16-bit PCM and mu-law at their rates, up to the first byte of audio', async () => {
    const reader = readerOf(wavOf(AUDIO));
    expect(await readWav(reader)).toEqual({
      format: { encoding: 'LINEAR16', sampleRateHertz: 16_000 },
      audioBytes: 64,
    });
    expect(reader.offset).toBe(44);
    expect(await collect(reader.rest(64))).toEqual([...AUDIO]);
    expect(await read({ tag: 7, bits: 8, rate: 8_000 })).toMatchObject({
      format: { encoding: 'MULAW', sampleRateHertz: 8_000 },
    });
  });

  it('walks over chunks before the audio, odd ones with their padding', async () => {
    const between = [
      ['LIST', 26],
      ['id3 ', 33],
      ['bext', 1],
    ] as const;
    expect(await read({ between })).toMatchObject({ audioBytes: 64 });
  });

  it('reads the extensible format by its sub-format, and RF64', async () => {
    expect(await read({ isExtensible: true })).toMatchObject({ audioBytes: 64 });
    expect(await read({ isExtensible: true, tag: 3, bits: 32 })).toMatchObject({
      fault: 'holds floating point, expected 16-bit PCM or 8-bit mu-law',
    });
    expect(await read({ riff: 'RF64', dataBytes: 0xff_ff_ff_ff })).toHaveProperty('format');
  });

  it('takes the lengths 0 and all ones for unknown', async () => {
    for (const dataBytes of [0, 0xff_ff_ff_ff]) {
      expect(await read({ dataBytes })).toMatchObject({ audioBytes: undefined });
    }
  });

  it.each<[WavFields, string]>([
    [{ channels: 2 }, 'has 2 channels, expected 1'],
    [{ bits: 24 }, 'holds 24-bit PCM, expected 16-bit PCM or 8-bit mu-law'],
    [{ tag: 85, bits: 0 }, 'holds MP3, expected 16-bit PCM or 8-bit mu-law'],
    [{ tag: 999 }, 'holds format 999, expected 16-bit PCM or 8-bit mu-law'],
    [{ rate: 7_999 }, 'has 7999 samples a second, expected 8000 to 48000'],
    [{ rate: 96_000 }, 'has 96000 samples a second, expected 8000 to 48000'],
    [{ riff: 'RIFX' }, 'is a WAV with its bytes the other way round (RIFX)'],
    [{ riff: 'OggS' }, 'is not a WAV file (raw 16-bit PCM needs --rate)'],
  ])('refuses %j, which a converter can change', async (fields, fault) => {
    expect(await read(fields)).toEqual({ fault, convertible: true });
  });

  it('refuses what is cut off or out of order', async () => {
    const whole = wavOf(AUDIO);
    const faultOf = async (bytes: Uint8Array) => readWav(readerOf(bytes));
    for (const length of [12, 19, 30, 36, 43]) {
      expect(await faultOf(whole.subarray(0, length))).toMatchObject({ convertible: false });
    }
    expect(await faultOf(whole.subarray(0, 11))).toMatchObject({
      fault: 'is not a WAV file (raw 16-bit PCM needs --rate)',
    });
    const unformatted = Buffer.concat([whole.subarray(0, 12), whole.subarray(36)]);
    expect(await faultOf(unformatted)).toMatchObject({
      fault: 'is a WAV whose audio comes before its format',
    });
  });

  it('answers for any bytes at all', async () => {
    const riff = fc.uint8Array({ maxLength: 80 }).map((tail) => {
      return Buffer.concat([wavOf(AUDIO).subarray(0, 12), tail]);
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), riff), async (bytes) => {
        const wav = await readWav(readerOf(bytes));
        expect('fault' in wav || wav.format.sampleRateHertz >= 8_000).toBe(true);
      }),
    );
  });
});

describe('isRiff()', () => {
  it('looks without taking', async () => {
    const reader = readerOf(wavOf(AUDIO), [1]);
    expect(await isRiff(reader)).toBe(true);
    expect(reader.offset).toBe(0);
    expect(await readWav(reader)).toHaveProperty('format');
    expect(await isRiff(readerOf(AUDIO))).toBe(false);
    expect(await isRiff(readerOf(new Uint8Array(0)))).toBe(false);
  });
});

describe('framesOf()', () => {
  const format: AudioFormat = { encoding: 'LINEAR16', sampleRateHertz: 8_000 };

  it('cuts any pieces into frames of one length, the last of whole samples', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        async (bytes, cuts) => {
          const lengths: number[] = [];
          const all: number[] = [];
          for await (const frame of framesOf(piecesOf(bytes, cuts), format, 2)) {
            lengths.push(frame.byteLength);
            all.push(...frame);
          }
          expect(all).toEqual([...bytes.subarray(0, bytes.byteLength - (bytes.byteLength % 2))]);
          expect(lengths.slice(0, -1).every((length) => length === 32)).toBe(true);
        },
      ),
    );
  });
});
