import { describe, expect, it } from 'vitest';
import { Detector } from '../../../src/speech/google/detector.ts';
import { randomOf } from '../../emulator/random.ts';
import { linear16, mulaw, speak } from '../../emulator/voice.ts';
import { CONFIG, RATE } from './rigs.ts';

type Encoding = (typeof CONFIG)['encoding'];

/** A letter for each step of 10 ms: v for voice. */
function heard(audio: Uint8Array, encoding: Encoding = 'LINEAR16'): string {
  let steps = '';
  new Detector({ ...CONFIG, encoding }).hear(audio, (isVoice, samples) => {
    expect(samples).toBe(160);
    steps += isVoice ? 'v' : '.';
  });
  return steps;
}

function noise(ms: number, level: number): Int16Array {
  const random = randomOf(7);
  return Int16Array.from({ length: (RATE * ms) / 1000 }, () => (random() * 2 - 1) * level);
}

describe('Detector', () => {
  const words = [{ number: 1, ms: 300, pauseMs: 200 }];

  it('hears a word between silences, in both encodings', () => {
    const { samples } = speak(words, RATE, 200);
    const expected = `${'.'.repeat(20)}${'v'.repeat(30)}${'.'.repeat(20)}`;
    expect(heard(linear16(samples))).toBe(expected);
    expect(heard(mulaw(samples), 'MULAW')).toBe(expected);
  });

  it('takes steady noise for silence, loud as it may be, once it has lasted', () => {
    for (const level of [20, 500, 8_000]) {
      expect(heard(linear16(noise(20_000, level))).slice(-200)).toBe('.'.repeat(200));
    }
  });

  it('hears speech above noise', () => {
    const audio = noise(20_000, 500);
    for (let at = 18 * RATE; at < 19 * RATE; at++) audio[at] = (audio[at] ?? 0) * 8;
    expect(heard(linear16(audio)).slice(1_800, 1_900)).toBe('v'.repeat(100));
  });

  it('hears the same however the audio is cut', () => {
    const audio = linear16(speak(words, RATE, 200).samples);
    const detector = new Detector(CONFIG);
    let steps = '';
    for (let at = 0; at < audio.byteLength; at += 222) {
      detector.hear(audio.subarray(at, at + 222), (isVoice) => {
        steps += isVoice ? 'v' : '.';
      });
    }
    expect(steps).toBe(heard(audio));
    // Where samples stand at an odd place of the memory.
    const shifted = new Uint8Array(audio.byteLength + 1);
    shifted.set(audio, 1);
    expect(heard(shifted.subarray(1))).toBe(heard(audio));
  });
});
