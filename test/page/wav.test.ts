import { describe, expect, it } from 'vitest';
import { samplesOf } from '../../src/page/wav.ts';
import type { WavFields } from '../fakes/wav-file.ts';
import { wavOf } from '../fakes/wav-file.ts';

const AUDIO = Uint8Array.of(1, 0, 254, 255, 255, 127, 0, 128);

function read(fields: WavFields, audio = AUDIO): ReturnType<typeof samplesOf> {
  return samplesOf(new Uint8Array(wavOf(audio, fields)).buffer);
}

describe('samplesOf()', () => {
  it.each([
    ['as most tools write it', {}],
    ['with chunks before its data', { between: [['LIST', 7]] }],
    ['of a length that was not known', { dataBytes: 0 }],
    ['of a length that is all ones', { dataBytes: 0xff_ff_ff_ff }],
  ] as const)('gives every sample of a WAV, %s', (_, fields) => {
    expect(read({ rate: 44_100, ...fields })).toEqual({
      pcm: Int16Array.of(1, -2, 32_767, -32_768),
      sampleRateHertz: 44_100,
    });
  });

  it.each([
    ['two channels', { channels: 2 }],
    ['8 bits', { bits: 8 }],
    ['mu-law', { tag: 7, bits: 8 }],
    ['a rate that is not served', { rate: 96_000 }],
    ['another container', { riff: 'OggS' }],
  ])('leaves the rest to the browser: %s', (_, fields) => {
    expect(read(fields)).toBeUndefined();
  });

  it('reads nothing behind the end of a file that was cut off', () => {
    const whole = new Uint8Array(wavOf(AUDIO)).buffer;
    for (let length = 0; length < whole.byteLength; length++) {
      const samples = samplesOf(whole.slice(0, length));
      expect(samples?.pcm.length ?? 0).toBeLessThan(4);
    }
  });
});
