import { describe, expect, it } from 'vitest';
import { Quiet } from '../../src/session/quiet.ts';
import { Tape } from '../../src/session/tape.ts';

const RATE = 8_000;
const MS = RATE / 1000;

/** A tape of [loudness, milliseconds] parts, in frames of 50 ms. */
function tapeOf(...parts: [loudness: number, ms: number][]): Tape {
  const tape = new Tape();
  for (const [loudness, ms] of parts) {
    for (let at = 0; at < ms; at += 50) {
      const samples = new Int16Array(50 * MS).map((_, n) => (n % 2 === 0 ? loudness : -loudness));
      tape.appendAudio(new Uint8Array(samples.buffer), samples.length, 0);
    }
  }
  return tape;
}

function quiet(tape: Tape): Quiet {
  return new Quiet(tape, 'LINEAR16', RATE);
}

describe('Quiet', () => {
  it('finds the quietest 100 ms: the new stream begins there, and the cut is its middle', () => {
    const tape = tapeOf([8_000, 1_500], [300, 100], [8_000, 1_400]);
    expect(quiet(tape).quietest(0, tape.end)).toEqual({ from: 1_500 * MS, cut: 1_550 * MS });
  });

  it('cuts at least 700 ms before now, and looks back 3 s at most', () => {
    const late = tapeOf([8_000, 2_500], [1, 100], [8_000, 400]);
    const place = quiet(late).quietest(0, late.end);
    expect(place?.cut).toBeLessThanOrEqual(late.end - 700 * MS);
    const early = tapeOf([1, 500], [8_000, 4_000]);
    expect(quiet(early).quietest(0, early.end)?.from).toBeGreaterThanOrEqual(1_500 * MS);
  });

  it('never goes before the stretch that may be cut, and says nothing when it is too short', () => {
    const tape = tapeOf([1, 1_000], [8_000, 1_000]);
    expect(quiet(tape).quietest(1_000 * MS, tape.end)?.from).toBeGreaterThanOrEqual(1_000 * MS);
    expect(quiet(tape).quietest(1_500 * MS, tape.end)).toBeUndefined();
  });

  it('takes 300 ms that are much quieter than before for a pause', () => {
    const tape = tapeOf([8_000, 1_000], [200, 300]);
    expect(quiet(tape).isPause(0, tape.end)).toBe(true);
    const short = tapeOf([8_000, 1_000], [200, 250]);
    expect(quiet(short).isPause(0, short.end)).toBe(false);
    const soft = tapeOf([8_000, 1_000], [2_000, 300]);
    expect(quiet(soft).isPause(0, soft.end)).toBe(false);
  });

  it('knows no pause in less than 300 ms', () => {
    const tape = tapeOf([0, 250]);
    expect(quiet(tape).isPause(0, tape.end)).toBe(false);
  });

  it('hears mu-law as it hears linear samples', () => {
    const tape = new Tape();
    // 0x80 is the loudest code of mu-law, 0xff its zero.
    for (const [code, ms] of [
      [0x80, 1_500],
      [0xff, 100],
      [0x80, 1_400],
    ] as const) {
      tape.appendAudio(new Uint8Array(ms * MS).fill(code), ms * MS, 0);
    }
    const place = new Quiet(tape, 'MULAW', RATE).quietest(0, tape.end);
    expect(place).toEqual({ from: 1_500 * MS, cut: 1_550 * MS });
  });
});
