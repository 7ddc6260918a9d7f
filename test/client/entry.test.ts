import { describe, expect, it } from 'vitest';
import type { Entry, Lost } from '../../src/client/entry.ts';
import {
  isBefore,
  loseRange,
  shorten,
  splitFrame,
  splitGap,
  unsent,
} from '../../src/client/entry.ts';

const RATE = 8_000;

function lost(ms: number, samples = 0, number = 0): Lost {
  return { kind: 'gap', ms, samples, number };
}

function frame(number: number, ...bytes: number[]): Extract<Entry, { kind: 'frame' }> {
  return { kind: 'frame', audio: Uint8Array.from(bytes), number };
}

describe('entries', () => {
  it('stand before a frame only when they have a number', () => {
    expect(isBefore(frame(3), 4)).toBe(true);
    expect(isBefore(frame(4), 4)).toBe(false);
    expect(isBefore({ kind: 'finalize' }, 4)).toBe(false);
    expect(isBefore(undefined, 4)).toBe(false);
  });

  it('split at a byte, and a gap at what the wire can say', () => {
    expect(splitFrame(frame(0, 1, 2, 3), 2, 7)).toEqual([frame(7, 1, 2), frame(0, 3)]);
    expect(splitFrame(frame(0, 1, 2), 2, 7)).toEqual([frame(7, 1, 2)]);
    expect(splitGap(86_400_001, 7)).toEqual([lost(86_400_000, 0, 7), lost(1)]);
    expect(splitGap(5, 7)).toEqual([lost(5, 0, 7)]);
  });

  it('become one gap where they are lost, with one finalize before it', () => {
    const finalize = { kind: 'finalize' } as const;
    const entries: Entry[] = [frame(1), finalize, lost(3, 1), finalize, frame(0)];
    loseRange(entries, 1, 4, lost(0, 8));
    expect(entries).toEqual([frame(1), finalize, lost(3, 9), frame(0)]);
  });

  it('lose their number when they are to be sent again, and their place never', () => {
    const copyless = (number: number): Entry => ({ kind: 'copyless', samples: 4, number });
    const finish = { kind: 'finish' } as const;
    const sent: Entry[] = [
      frame(1, 1),
      copyless(2),
      copyless(3),
      lost(5, 0, 4),
      frame(5, 2),
      finish,
    ];
    expect(unsent(sent)).toEqual([frame(0, 1), lost(0, 8), lost(5), frame(0, 2), finish]);
  });

  it('get shorter by samples: of a gap first those that were lost here', () => {
    const gap = lost(10, 4);
    shorten(gap, 12, RATE);
    expect(gap).toEqual(lost(9, 0));
    shorten(gap, 1_000, RATE);
    expect(gap).toEqual(lost(0, 0));
  });
});
