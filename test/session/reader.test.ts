import { describe, expect, it } from 'vitest';
import type { AudioEntry } from '../../src/session/entry.ts';
import { Reader, Replays } from '../../src/session/reader.ts';
import { Tape } from '../../src/session/tape.ts';

/** frame 1 [0, 10), finalize, gap 2 [10, 15), frame 3 [15, 25) */
function newTape(): Tape {
  const tape = new Tape();
  tape.appendAudio(new Uint8Array(10), 10, 0);
  tape.appendMarker('finalize');
  tape.appendGap('client', 5, 1);
  tape.appendAudio(new Uint8Array(10), 10, 0);
  return tape;
}

/** The kinds that are left to read; passes them. */
function rest(reader: Reader): string[] {
  const kinds: string[] = [];
  for (let { entry } = reader; entry !== undefined; { entry } = reader) {
    kinds.push(entry.kind);
    reader.pass(entry);
  }
  return kinds;
}

describe('Reader', () => {
  it('rests until more comes than it has to hear again, or a cut', () => {
    const more = newTape();
    const reader = new Reader(more, 20, { until: 25 });
    expect([reader.entry, reader.hasAudio, reader.at]).toEqual([undefined, false, 20]);
    more.appendMarker('audioId');
    expect(reader.entry).toBe(undefined);
    more.appendAudio(new Uint8Array(1), 1, 0);
    expect(rest(reader)).toEqual(['audio', 'audioId', 'audio']);
    const cut = newTape();
    const other = new Reader(cut, 0, { until: 25 });
    // A cut before that place was made already.
    expect(other.hasAudio).toBe(false);
    cut.appendMarker('finish');
    expect([other.hasAudio, other.entry?.kind]).toEqual([true, 'audio']);
  });

  it('stands within a frame of which a part was passed', () => {
    const reader = new Reader(newTape(), 0);
    const { entry } = reader;
    if (entry === undefined) throw new Error('nothing to read');
    reader.pass(entry, 4);
    expect([reader.at, reader.index, reader.entry === entry]).toEqual([4, 0, true]);
    reader.pass(entry, 10);
    expect([reader.at, reader.index]).toEqual([10, 1]);
  });

  it('begins a stream a little before its place, without the markers passed', () => {
    const rested = new Reader(newTape(), 12, { lead: 8 });
    const reader = rested.begin();
    expect([rested.at, reader.at]).toEqual([12, 4]);
    expect(rest(reader)).toEqual(['audio', 'gap', 'audio']);
    expect(new Reader(newTape(), 5, { lead: 8 }).begin().at).toBe(0);
  });

  it('passes over what came after it began, and lies before its place', () => {
    const tape = new Tape();
    const reader = new Reader(tape, 17);
    expect([reader.entry, reader.at]).toEqual([undefined, 17]);
    tape.appendAudio(new Uint8Array(10), 10, 0);
    tape.appendMarker('finalize');
    tape.appendAudio(new Uint8Array(5), 5, 0);
    expect(rest(reader)).toEqual(['finalize']);
    expect(reader.at).toBe(17);
    tape.appendAudio(new Uint8Array(10), 10, 0);
    const { entry } = reader;
    expect(entry).toMatchObject({ kind: 'audio', start: 15 });
    expect(reader.startOf(entry as AudioEntry)).toBe(17);
  });

  it('reads the tape from a place on, entry by entry', () => {
    const reader = new Reader(newTape(), 0);
    expect([reader.index, reader.at, reader.hasAudio]).toEqual([0, 0, true]);
    expect(rest(reader)).toEqual(['audio', 'finalize', 'gap', 'audio']);
    expect([reader.index, reader.at, reader.hasAudio]).toEqual([4, 25, false]);
  });

  it.each([
    [0, ['audio', 'finalize', 'gap', 'audio']],
    [9, ['audio', 'finalize', 'gap', 'audio']],
    [10, ['finalize', 'gap', 'audio']],
    [15, ['audio']],
    [24, ['audio']],
    [25, []],
  ])('begins at %i with what has not ended there', (from, kinds) => {
    expect(rest(new Reader(newTape(), from))).toEqual(kinds);
  });

  it('knows whether a marker that cuts stands behind the next entry', () => {
    const tape = newTape();
    const reader = new Reader(tape, 0);
    expect(reader.hasCutAhead).toBe(true);
    expect(new Reader(tape, 10).hasCutAhead).toBe(false);
    tape.appendMarker('finish');
    expect(new Reader(tape, 10).hasCutAhead).toBe(true);
  });

  it('skips to a place on the tape, but never back', () => {
    const reader = new Reader(newTape(), 2);
    reader.skipTo(1);
    expect(reader.at).toBe(2);
    reader.skipTo(12);
    expect([reader.at, reader.index]).toEqual([12, 2]);
    reader.skipTo(17);
    expect(rest(reader)).toEqual(['audio']);
  });

  it('begins inside a frame, and only once', () => {
    const reader = new Reader(newTape(), 4);
    const { entry } = reader;
    if (entry?.kind !== 'audio') throw new Error('no audio');
    expect(reader.startOf(entry)).toBe(4);
    reader.pass(entry);
    const last = newTape().at(3);
    if (last?.kind !== 'audio') throw new Error('no audio');
    expect(reader.startOf(last)).toBe(15);
  });

  it('goes on with what is kept when others have settled what it has not read', () => {
    const tape = newTape();
    const reader = new Reader(tape, 3);
    tape.forget(15, 4);
    expect([reader.index, reader.at, reader.hasAudio]).toEqual([3, 15, true]);
    expect(rest(reader)).toEqual(['audio']);
    expect([reader.index, reader.at]).toEqual([4, 25]);
  });

  it('goes on with what comes later when all that it has not read is settled', () => {
    const tape = newTape();
    const reader = new Reader(tape, 3);
    tape.forget(25, 4);
    expect([reader.index, reader.at, reader.entry, reader.hasAudio]).toEqual([
      4,
      25,
      undefined,
      false,
    ]);
    tape.appendAudio(new Uint8Array(1), 1, 0);
    expect(rest(reader)).toEqual(['audio']);
  });

  it('begins inside a frame that is settled in part', () => {
    const tape = newTape();
    const reader = new Reader(tape, 20);
    tape.forget(22, 4);
    expect(reader.at).toBe(20);
    const { entry } = reader;
    expect(entry?.kind === 'audio' && reader.startOf(entry)).toBe(20);
  });

  it('goes on with what comes later', () => {
    const tape = newTape();
    const reader = new Reader(tape, 0);
    rest(reader);
    expect(reader.entry).toBe(undefined);
    tape.appendMarker('finish');
    expect(reader.hasAudio).toBe(false);
    tape.appendAudio(new Uint8Array(1), 1, 0);
    expect(reader.hasAudio).toBe(true);
    expect(rest(reader)).toEqual(['finish', 'audio']);
  });
});

describe('Replays', () => {
  it('counts streams', () => {
    const replays = new Replays();
    replays.open();
    replays.open();
    expect(replays.streams).toBe(2);
  });

  it('counts what is heard again, each further time', () => {
    const replays = new Replays();
    replays.hear(0, 10);
    replays.hear(10, 20);
    expect(replays.samples).toBe(0);
    replays.hear(15, 25);
    expect(replays.samples).toBe(5);
    replays.hear(0, 10);
    replays.hear(10, 30);
    expect(replays.samples).toBe(5 + 10 + 15);
    replays.hear(30, 31);
    expect(replays.samples).toBe(30);
  });
});
