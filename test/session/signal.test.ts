import { describe, expect, it } from 'vitest';
import type { Symptom } from '../../src/session/signal.ts';
import { Signal } from '../../src/session/signal.ts';
import type { Encoding } from '../../src/wire/limits.ts';

const RATE = 8_000;
/** 100 ms. */
const SAMPLES = 800;

/** A frame of 100 ms whose samples are all `sample`. */
function frameOf(encoding: Encoding, sample: number): Uint8Array {
  if (encoding === 'MULAW') return new Uint8Array(SAMPLES).fill(sample);
  return new Uint8Array(new Int16Array(SAMPLES).fill(sample).buffer);
}

/** What is said of `count` such frames, and after how many. */
function symptoms(encoding: Encoding, sample: number, count: number): [number, Symptom][] {
  const signal = new Signal(encoding, RATE);
  const frame = frameOf(encoding, sample);
  return Array.from({ length: count }, (_, n): [number, Symptom | undefined] => [
    n + 1,
    signal.look(frame, SAMPLES),
  ]).filter((row): row is [number, Symptom] => row[1] !== undefined);
}

describe('Signal', () => {
  it.each([
    ['LINEAR16', 0],
    ['MULAW', 0xff],
    ['MULAW', 0x7f],
  ] as const)('says once that 5 s of %s %i are a microphone without access', (encoding, zero) => {
    expect(symptoms(encoding, zero, 200)).toEqual([[50, 'silent_audio']]);
  });

  it.each([
    ['LINEAR16', 1],
    ['LINEAR16', -1],
    ['LINEAR16', 256],
    ['LINEAR16', 20_000],
    ['MULAW', 0x7e],
    ['MULAW', 0xfe],
    ['MULAW', 0x10],
  ] as const)('says nothing of a quiet or loud room: %s %i', (encoding, sample) => {
    expect(symptoms(encoding, sample, 200)).toEqual([]);
  });

  it.each([
    ['LINEAR16', 32_767],
    ['LINEAR16', -32_768],
    ['MULAW', 0x00],
    ['MULAW', 0x80],
  ] as const)('says once that much of %s %i is clipped', (encoding, sample) => {
    expect(symptoms(encoding, sample, 500)).toMatchObject([[expect.any(Number), 'clipping']]);
  });

  it('counts the zeros anew after one other sample', () => {
    const signal = new Signal('LINEAR16', RATE);
    const zeros = frameOf('LINEAR16', 0);
    const nearly = frameOf('LINEAR16', 0);
    nearly[1_599] = 1;
    const looks = Array.from({ length: 300 }, (_, n) =>
      signal.look(n % 49 === 48 ? nearly : zeros, SAMPLES),
    );
    expect(looks.every((symptom) => symptom === undefined)).toBe(true);
  });

  it('bears a few clipped samples: people laugh', () => {
    const signal = new Signal('LINEAR16', RATE);
    const loud = frameOf('LINEAR16', 32_767);
    const room = frameOf('LINEAR16', 500);
    for (let n = 0; n < 2_000; n++) {
      expect(signal.look(n % 25 === 0 ? loud : room, SAMPLES)).toBe(undefined);
    }
  });

  it('looks at frames of any length', () => {
    const signal = new Signal('MULAW', RATE);
    for (let length = 1; length < 100; length++) {
      expect(signal.look(new Uint8Array(length).fill(0x55), length)).toBe(undefined);
    }
  });
});
