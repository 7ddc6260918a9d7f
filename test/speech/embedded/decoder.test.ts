import { beforeEach, describe, expect, it } from 'vitest';
import { MoonshineDecoder } from '../../../src/speech/embedded/decoder.ts';
import type { OfflineRecognizer } from '../../../src/speech/embedded/sherpa.ts';

/** A recognizer that answers as told and keeps what it was given. */
class FakeSherpa {
  readonly heard: Float32Array[] = [];
  answers: string[] = [];

  readonly OfflineRecognizer = {
    createAsync: (): Promise<OfflineRecognizer> =>
      Promise.resolve({
        createStream: () => ({
          acceptWaveform: ({ samples }: { samples: Float32Array }) => {
            this.heard.push(samples);
          },
        }),
        decodeAsync: () => Promise.resolve({ text: this.answers.shift() ?? '' }),
      }),
  };
}

const speech = (peak: number): Float32Array => Float32Array.of(0, peak, -peak / 2, 0);
const peakOf = (samples: Float32Array | undefined): number => Math.max(...(samples ?? []));

describe('MoonshineDecoder', () => {
  let sherpa: FakeSherpa;
  let decoder: MoonshineDecoder;
  beforeEach(async () => {
    sherpa = new FakeSherpa();
    decoder = await MoonshineDecoder.load(sherpa, '/models');
  });

  it('tries other paddings until a final has a text', async () => {
    sherpa.answers = ['', ' ', ' hello '];
    expect(await decoder.final(speech(0.5))).toBe('hello');
    expect(sherpa.heard.map(({ length }) => length)).toEqual([4, 8_004, 3_204]);
  });

  it('answers nothing after four paddings', async () => {
    expect(await decoder.final(speech(0.5))).toBe('');
    expect(sherpa.heard).toHaveLength(4);
  });

  it('leaves out the edges of a longer final before it answers nothing', async () => {
    sherpa.answers = ['', '', '', '', '', 'ask not'];
    expect(await decoder.final(new Float32Array(32_000).fill(0.5))).toBe('ask not');
    expect(sherpa.heard.map(({ length }) => length).slice(4)).toEqual([24_000, 28_800]);
    sherpa.heard.length = 0;
    expect(await decoder.final(new Float32Array(32_000).fill(0.5))).toBe('');
    expect(sherpa.heard).toHaveLength(7);
  });

  it('tries once for an interim', async () => {
    expect(await decoder.interim(speech(0.5))).toBe('');
    expect(sherpa.heard).toHaveLength(1);
  });

  it.each([
    ['leaves loud speech as it is', 0.1, 0.1],
    ['raises quiet speech to half of full scale', 0.08, 0.5],
    ['raises it tenfold at most', 0.01, 0.1],
    ['leaves silence as it is', 0, 0],
  ])('%s', async (_, peak, expected) => {
    const samples = speech(peak);
    await decoder.interim(samples);
    expect(peakOf(sherpa.heard[0])).toBeCloseTo(expected);
    expect(peakOf(samples)).toBeCloseTo(peak);
  });
});
