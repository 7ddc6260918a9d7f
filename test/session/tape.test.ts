import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/session/entry.ts';
import { Tape } from '../../src/session/tape.ts';

function append(tape: Tape, samples: number, arrivedMs = 0): void {
  tape.appendAudio(new Uint8Array(2 * samples), samples, arrivedMs);
}

/** Every entry that is kept, as words. */
function entriesOf(tape: Tape): string[] {
  const entries: string[] = [];
  for (let index = tape.endIndex - tape.length; index < tape.endIndex; index++) {
    const entry = tape.at(index);
    if (entry !== undefined) entries.push(word(entry));
  }
  return entries;
}

function word(entry: Entry): string {
  const name = 'frame' in entry ? `${entry.kind} ${entry.frame}` : entry.kind;
  return `${name} [${entry.start}, ${entry.start + entry.samples})`;
}

describe('Tape', () => {
  it('begins empty', () => {
    const tape = new Tape();
    expect(tape).toMatchObject({ endIndex: 0, length: 0, end: 0, frame: 0, goneFrame: 0 });
    expect(tape).toMatchObject({ heldBytes: 0, heldSamples: 0 });
    expect(tape.at(0)).toBe(undefined);
  });

  it('numbers frames and gaps, and gives each its place', () => {
    const tape = new Tape();
    append(tape, 10);
    tape.appendGap('client', 5, 3);
    tape.appendMarker('finalize');
    append(tape, 20);
    tape.appendGap('overrun', 7, 1);
    expect(entriesOf(tape)).toEqual([
      'audio 1 [0, 10)',
      'gap 4 [10, 15)',
      'finalize [15, 15)',
      'audio 5 [15, 35)',
      'gap 6 [35, 42)',
    ]);
    expect(tape).toMatchObject({ frame: 6, end: 42, heldBytes: 60, heldSamples: 30 });
  });

  it('makes one gap of adjacent ones of the same reason', () => {
    const tape = new Tape();
    for (let n = 0; n < 1_000; n++) tape.appendGap('client', 2, 3);
    tape.appendGap('overrun', 1, 1);
    tape.appendGap('client', 1, 1);
    expect(entriesOf(tape)).toEqual([
      'gap 3000 [0, 2000)',
      'gap 3001 [2000, 2001)',
      'gap 3002 [2001, 2002)',
    ]);
  });

  it('lengthens no gap that it has forgotten', () => {
    const tape = new Tape();
    tape.appendGap('client', 5, 1);
    tape.forget(5, 1);
    tape.appendGap('client', 5, 1);
    expect(entriesOf(tape)).toEqual(['gap 2 [5, 10)']);
    expect(tape).toMatchObject({ end: 10, goneFrame: 1 });
  });

  it('takes the same marker at the same place once', () => {
    const tape = new Tape();
    expect(tape.appendMarker('finalize')).toBe(true);
    expect(tape.appendMarker('finalize')).toBe(false);
    expect(tape.appendMarker('finish')).toBe(true);
    append(tape, 1);
    expect(tape.appendMarker('finalize')).toBe(true);
    expect(tape.length).toBe(4);
  });

  it('forgets what is settled and read, and no more', () => {
    const tape = new Tape();
    append(tape, 10);
    tape.appendMarker('finalize');
    append(tape, 10);
    tape.forget(9, 3);
    expect(tape.length).toBe(3);
    tape.forget(20, 1);
    expect(entriesOf(tape)).toEqual(['finalize [10, 10)', 'audio 2 [10, 20)']);
    expect(tape).toMatchObject({ goneFrame: 1, heldBytes: 20, heldSamples: 10 });
    tape.forget(19, 3);
    expect(entriesOf(tape)).toEqual(['audio 2 [10, 20)']);
    tape.forget(20, 3);
    expect(tape).toMatchObject({ length: 0, goneFrame: 2, heldBytes: 0, heldSamples: 0 });
  });

  it('keeps as much before what is unsettled as was asked for, and holds it no more', () => {
    const tape = new Tape();
    for (let n = 1; n <= 4; n++) append(tape, 10);
    tape.forget(30, 4, 15);
    expect(tape).toMatchObject({ length: 1, startIndex: 1, goneFrame: 1, heldSamples: 10 });
    expect([14, 20, 39].map((sample) => tape.indexAt(sample))).toEqual([1, 2, 3]);
    tape.forget(40, 4, 25);
    expect(tape).toMatchObject({ length: 0, startIndex: 2, goneFrame: 2, heldSamples: 0 });
    tape.forget(40, 4, 25);
    expect(tape.at(2)).toMatchObject({ frame: 3 });
  });

  it('keeps every index as it was, however much it forgets', () => {
    const tape = new Tape();
    for (let n = 1; n <= 1_000; n++) append(tape, 1);
    for (let n = 1; n <= 999; n++) {
      tape.forget(n, n);
      expect(tape.at(n)).toMatchObject({ frame: n + 1 });
      expect(tape.at(n - 1)).toBe(undefined);
    }
    expect(tape).toMatchObject({ length: 1, endIndex: 1_000 });
  });

  it('finds the entry that holds a sample, or the first marker that stands there', () => {
    const tape = new Tape();
    append(tape, 10);
    tape.appendMarker('audioId');
    tape.appendMarker('finalize');
    append(tape, 10);
    expect([0, 9, 10, 11, 19, 20, 99].map((sample) => tape.indexAt(sample))).toEqual([
      0, 0, 1, 3, 3, 4, 4,
    ]);
  });

  it('knows when the frame came that a place lies in', () => {
    const tape = new Tape();
    append(tape, 10, 100);
    tape.appendGap('client', 5, 1);
    append(tape, 10, 200);
    expect([1, 10, 16, 25].map((end) => tape.arrivedMs(end))).toEqual([100, 100, 200, 200]);
    tape.forget(15, 2);
    expect([1, 10, 16].map((end) => tape.arrivedMs(end))).toEqual([undefined, undefined, 200]);
  });

  it('counts the audio in a range, and no gap', () => {
    const frames = fc.array(
      fc.record({ audio: fc.boolean(), samples: fc.integer({ min: 1, max: 9 }) }),
    );
    fc.assert(
      fc.property(frames, fc.nat(60), fc.nat(60), (parts, from, to) => {
        const tape = new Tape();
        const isAudio: boolean[] = [];
        for (const { audio, samples } of parts) {
          if (audio) append(tape, samples);
          else tape.appendGap('client', samples, 1);
          for (let n = 0; n < samples; n++) isAudio.push(audio);
        }
        const expected = isAudio.slice(from, Math.max(from, to)).filter(Boolean).length;
        expect(tape.audioBetween(from, to)).toBe(expected);
        const before = [...tape.before(to)];
        expect(before.every((entry) => entry.start < to)).toBe(true);
        expect(before.reduce((end, entry) => end + entry.samples, 0)).toBeGreaterThanOrEqual(
          Math.min(to, tape.end),
        );
      }),
    );
  });

  it('begins where another one was settled, in the middle of a frame', () => {
    const tape = new Tape({ frame: 7, settled: 105, into: 5 });
    expect(tape).toMatchObject({ frame: 7, goneFrame: 7, goneEnd: 100, end: 100 });
    append(tape, 15);
    append(tape, 20);
    expect(entriesOf(tape)).toEqual(['audio 8 [100, 115)', 'audio 9 [115, 135)']);
    tape.forget(125, 2);
    expect(tape).toMatchObject({ goneFrame: 8, goneEnd: 115 });
  });
});
