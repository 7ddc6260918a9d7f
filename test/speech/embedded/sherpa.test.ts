import { describe, expect, it } from 'vitest';
import { loadSherpa } from '../../../src/speech/embedded/sherpa.ts';

describe('loadSherpa()', () => {
  it('loads the native library with all that we use of it', () => {
    const { Vad, OfflineRecognizer, LinearResampler } = loadSherpa();
    expect(Vad).toBeTypeOf('function');
    expect(OfflineRecognizer.createAsync).toBeTypeOf('function');
    expect(new LinearResampler(8_000, 16_000).flush(new Float32Array(80))).toHaveLength(160);
  });
});
