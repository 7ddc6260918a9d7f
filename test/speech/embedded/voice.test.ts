import { describe, expect, it } from 'vitest';
import { MODELS_DIR } from '../../../src/speech/embedded/models.ts';
import { WINDOW_SAMPLES } from '../../../src/speech/embedded/segmenter.ts';
import { loadSherpa } from '../../../src/speech/embedded/sherpa.ts';
import type { Voice } from '../../../src/speech/embedded/voice.ts';
import { SileroPool } from '../../../src/speech/embedded/voice.ts';
import { clip, silence } from './recorded-speech.ts';

/** A letter a window: '#' where the detector hears a voice. */
function judge(voice: Voice, audio: Uint8Array): string {
  const samples = Float32Array.from(
    new Int16Array(audio.slice().buffer),
    (sample) => sample / 32_768,
  );
  let judged = '';
  for (let at = 0; at + WINDOW_SAMPLES <= samples.length; at += WINDOW_SAMPLES) {
    judged += voice.hears(samples.subarray(at, at + WINDOW_SAMPLES)) ? '#' : '.';
  }
  return judged;
}

describe('SileroPool', () => {
  it('hears a voice in speech and none in the silence around it', () => {
    const voice = new SileroPool(loadSherpa(), MODELS_DIR, 0).take();
    expect(judge(voice, silence(1_000))).toMatch(/^\.+$/);
    expect(judge(voice, clip('short'))).toMatch(/#{30}/);
    expect(judge(voice, silence(1_000))).toMatch(/^#{0,6}\.+$/);
  });

  it('lends a detector that was given back as if it were new', () => {
    const pool = new SileroPool(loadSherpa(), MODELS_DIR, 1);
    const first = pool.take();
    const judged = judge(first, clip('long'));
    first.giveBack();
    const second = pool.take();
    expect(second).toBe(first);
    expect(judge(second, clip('long'))).toBe(judged);
    expect(pool.take()).not.toBe(first);
  });
});
