import { describe, expect, it } from 'vitest';
import { Watchdog } from '../../../src/speech/google/watchdog.ts';

/** Audio of one sample a millisecond, sent `speed` times as fast as it is spoken. */
function hear(watchdog: Watchdog, isVoice: boolean, fromMs: number, ms: number, speed = 1): void {
  for (let at = 0; at < ms; at += 100) watchdog.hear(isVoice, 100, (fromMs + at) / speed);
}

describe('Watchdog', () => {
  it('finds a stream dead that answers no speech for 8 s', () => {
    const watchdog = new Watchdog(1_000, 8_000);
    hear(watchdog, true, 0, 7_900);
    expect(watchdog.verdict(7_900)).toBe(undefined);
    hear(watchdog, true, 7_900, 100);
    expect(watchdog.verdict(8_000)).toContain('8000 ms of speech');
  });

  it('never suspects one that was sent silence, or a short sound', () => {
    const watchdog = new Watchdog(1_000, 8_000);
    hear(watchdog, true, 0, 900);
    hear(watchdog, false, 900, 100_000);
    expect([watchdog.suspects, watchdog.verdict(100_900)]).toEqual([false, undefined]);
  });

  it('gives it the same time when audio is sent faster than it was spoken', () => {
    const watchdog = new Watchdog(1_000, 8_000);
    hear(watchdog, true, 0, 15_900, 2);
    expect(watchdog.verdict(7_950)).toBe(undefined);
    expect(watchdog.verdict(8_000)).toContain('speech');
  });

  it('begins anew with every answer', () => {
    const watchdog = new Watchdog(1_000, 8_000);
    hear(watchdog, true, 0, 7_000);
    watchdog.answered(false, 7_000);
    expect(watchdog.suspects).toBe(false);
    hear(watchdog, true, 7_000, 7_900);
    expect(watchdog.verdict(14_900)).toBe(undefined);
  });

  it('knows since when speech has had no answer', () => {
    const watchdog = new Watchdog(1_000, 8_000);
    hear(watchdog, false, 0, 1_000);
    expect(watchdog.waitedMs(1_000)).toBe(undefined);
    hear(watchdog, true, 1_000, 500);
    expect(watchdog.waitedMs(1_700)).toBe(700);
    watchdog.answered(false, 1_700);
    expect(watchdog.waitedMs(1_800)).toBe(undefined);
  });

  it('finds one dead whose interim gets nothing more for 15 s of audio', () => {
    const watchdog = new Watchdog(1_000, 8_000);
    hear(watchdog, true, 0, 500);
    watchdog.answered(true, 500);
    hear(watchdog, false, 500, 14_900);
    expect(watchdog.verdict(15_400)).toBe(undefined);
    hear(watchdog, false, 15_400, 100);
    expect(watchdog.verdict(15_500)).toContain('no final');
  });
});
