import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Captions,
  LiveLine,
  printable,
  timeOf,
  unsettledMsOf,
  widthOf,
} from '../../src/command/captions.ts';
import { FakeTerminal } from '../fakes/fake-terminal.ts';
import { SUMMARY } from '../fakes/summary.ts';

const PLACE = { settled: 1, settledMs: 1 };

function interim(text: string) {
  return { type: 'interim', start: 0, end: 1, text } as const;
}

function final(text: string) {
  return { type: 'final', result: 1, start: 3_200, end: 5_109, text, ...PLACE } as const;
}

describe('Captions on a terminal', () => {
  it('rewrites one line by the interim, and puts finals above it', () => {
    const terminal = new FakeTerminal(true);
    const captions = new Captions(terminal);
    captions.show(interim('hel'));
    captions.show(interim('hello'));
    expect(terminal.screen).toEqual(['hello']);
    captions.show(final('hello there'));
    captions.show(interim('next'));
    expect(terminal.screen).toEqual(['[00:03.20 → 00:05.10]  hello there', 'next']);
    captions.end();
    expect(terminal.screen).toEqual(['[00:03.20 → 00:05.10]  hello there']);
  });

  it('shows the progress before the interim, and keeps it below what is printed', () => {
    const terminal = new FakeTerminal(true);
    const captions = new Captions(terminal);
    captions.progress = '40 % ';
    captions.show(interim('hello'));
    captions.show(final('hello there'));
    expect(terminal.screen.at(-1)).toBe('40 % ');
    captions.show(interim('more'));
    expect(terminal.screen.at(-1)).toBe('40 % more');
  });

  it('shows the place in the queue until the session is live', () => {
    const terminal = new FakeTerminal(true);
    const captions = new Captions(terminal);
    captions.show({ type: 'queued', position: 2, etaMs: 3_100 });
    expect(terminal.screen).toEqual(['waiting for a free recognizer: position 2, about 4 s']);
    captions.show({ type: 'queued', position: 0, etaMs: null });
    expect(terminal.screen).toEqual([]);
  });
});

describe('Captions in a file or pipe', () => {
  it('writes plain lines, without interims and without rewriting', () => {
    const terminal = new FakeTerminal();
    const captions = new Captions(terminal);
    captions.progress = '40 %';
    captions.show(interim('hel'));
    captions.show(final('hello'));
    captions.show({ type: 'gap', start: 0, end: 1_000, reason: 'client', ...PLACE });
    captions.show({ type: 'warning', code: 'clipping', message: 'too loud' });
    captions.show({ type: 'queued', position: 1, etaMs: null });
    captions.end();
    expect(terminal.text).toBe(
      [
        '[00:03.20 → 00:05.10]  hello',
        '[00:00.00 → 00:01.00]  (not transcribed: lost on the way to the server)',
        'warning: too loud',
        'waiting for a free recognizer: position 1',
        '',
      ].join('\n'),
    );
  });

  it('sums up in a table whose figures balance to the millisecond', () => {
    const terminal = new FakeTerminal();
    const summary = {
      ...SUMMARY,
      receivedMs: 60_001,
      transcribedMs: 40_000,
      silentMs: 15_000,
      droppedMs: { overrun: 1_500, upstream: 3_000, client: 0 },
      releasedMs: 500,
      missingMs: 250,
      billedMs: 61_000,
      streams: 1,
      results: 9,
    };
    new Captions(terminal).show(summary);
    expect(unsettledMsOf(summary)).toBe(1);
    expect(terminal.screen).toEqual([
      '',
      '        received     60.001 s',
      '     transcribed     40.000 s',
      '          silent     15.000 s',
      '         dropped      4.500 s  overrun 1.500 s, upstream 3.000 s',
      '        released      0.500 s',
      '       unsettled      0.001 s',
      '  never received      0.250 s',
      '9 results from 1 recognizer stream, 61.000 s billed',
    ]);
  });
});

describe('LiveLine', () => {
  it('never fills the last column, cutting the older end of what changes', () => {
    const terminal = new FakeTerminal(true, 12);
    const line = new LiveLine(terminal);
    line.show('50 % ', 'abcdefghij');
    expect(terminal.screen).toEqual(['50 % …fghij']);
    line.show('a progress that is longer', 'x');
    expect(terminal.screen).toEqual(['a progress…']);
  });

  it('counts wide characters as two columns and keeps graphemes whole', () => {
    expect(widthOf('東京 ab')).toBe(7);
    expect(widthOf('e\u0301')).toBe(1);
    expect(widthOf('👩‍👩‍👧')).toBe(2);
    const terminal = new FakeTerminal(true, 8);
    new LiveLine(terminal).show('', '東京大阪横浜');
    expect(terminal.screen).toEqual(['…阪横浜']);
  });

  it('stays within the columns for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string(),
        fc.nat(90),
        (left, right, columns) => {
          const terminal = new FakeTerminal(true, columns);
          new LiveLine(terminal).show(printable(left), printable(right));
          expect(widthOf(terminal.screen[0] ?? '')).toBeLessThan(Math.max(1, columns));
        },
      ),
    );
  });

  it('writes only what changed', () => {
    const terminal = new FakeTerminal(true);
    const line = new LiveLine(terminal);
    line.clear();
    line.show('a');
    const { length } = terminal.text;
    line.show('a');
    expect(terminal.text).toHaveLength(length);
    line.clear();
    line.clear();
    expect(terminal.text).toBe('\ra\x1b[K\r\x1b[K');
  });
});

describe('printable()', () => {
  it('takes out what could steer a terminal or forge a line', () => {
    expect(printable('a\x1b[2Jb\r\nc\u202ed\u0007')).toBe('a [2Jb c d ');
    expect(printable('héllo, 東京 👋')).toBe('héllo, 東京 👋');
  });
});

describe('timeOf()', () => {
  it('cuts to hundredths, and has hours only where there are some', () => {
    expect(timeOf(0)).toBe('00:00.00');
    expect(timeOf(65_439)).toBe('01:05.43');
    expect(timeOf(3_600_000 + 59_999)).toBe('1:00:59.99');
  });
});
