import { describe, expect, it } from 'vitest';
import type { Marker } from '../../src/client/entry.ts';
import type { Terms } from '../../src/client/tape.ts';
import { Tape } from '../../src/client/tape.ts';

const RATE = 8_000;
const PER_MS = RATE / 1000;
const TERMS: Terms = { frame: 1, windowMs: 5_000, maxFrameMs: 1_000, maxFrameBytes: 65_536 };

const FINALIZE = { type: 'finalize' } as const;
const FINISH = { type: 'finish' } as const;

function gapOf(ms: number): Marker {
  return { type: 'gap', ms, frames: 1 };
}

function newTape(storeMs = 90_000): Tape {
  const tape = new Tape({ encoding: 'LINEAR16', sampleRateHertz: RATE, storeMs });
  tape.renew(TERMS, 0);
  return tape;
}

function append(tape: Tape, ...lengthsMs: number[]): void {
  for (const ms of lengthsMs) tape.append(new Uint8Array(ms * PER_MS * 2));
}

function takeAll(tape: Tape): (number | Marker)[] {
  const items: (number | Marker)[] = [];
  for (let item = tape.take(); item !== undefined; item = tape.take()) {
    items.push(item instanceof Uint8Array ? item.byteLength / 2 / PER_MS : item);
  }
  tape.trim();
  return items;
}

/** Frames 1, 2 and 4, gap 3, a finalize after each, and finish. */
function spokenTape(): Tape {
  const tape = newTape();
  append(tape, 10);
  tape.mark('finalize');
  append(tape, 20);
  tape.mark('finalize');
  tape.gap(30);
  tape.mark('finalize');
  append(tape, 40);
  tape.mark('finalize');
  tape.mark('finish');
  expect(takeAll(tape)).toHaveLength(9);
  return tape;
}

describe('Tape after a resume', () => {
  it('sends again every frame and gap from `frame` on, and every marker from the end of the one before', () => {
    const rest = [40, FINALIZE, FINISH];
    const expected: [number, (number | Marker)[]][] = [
      [5, [FINALIZE, FINISH]],
      [4, [FINALIZE, ...rest]],
      [3, [FINALIZE, gapOf(30), FINALIZE, ...rest]],
      [2, [FINALIZE, 20, FINALIZE, gapOf(30), FINALIZE, ...rest]],
      [1, [10, FINALIZE, 20, FINALIZE, gapOf(30), FINALIZE, ...rest]],
    ];
    for (const [frame, items] of expected) {
      const tape = spokenTape();
      expect(tape.resume({ ...TERMS, frame })).toBe(true);
      expect(takeAll(tape)).toEqual(items);
    }
  });

  it('sends the markers behind a settled frame again when the server goes on from there', () => {
    const tape = spokenTape();
    tape.settle(2);
    expect(tape.resume({ ...TERMS, frame: 3 })).toBe(true);
    expect(takeAll(tape)[0]).toEqual(FINALIZE);
  });

  it('numbers what it sends again from `frame` on, and keeps what was received', () => {
    const tape = spokenTape();
    tape.settle(1);
    tape.resume({ ...TERMS, frame: 4 });
    takeAll(tape);
    tape.settle(3);
    expect(tape.resume({ ...TERMS, frame: 4 })).toBe(true);
    expect(takeAll(tape)).toEqual([FINALIZE, 40, FINALIZE, FINISH]);
    tape.settle(4);
    expect(tape.resume({ ...TERMS, frame: 5 })).toBe(true);
    expect(takeAll(tape)).toEqual([FINALIZE, FINISH]);
  });

  it('honours the window, though the server had received more before', () => {
    const tape = newTape();
    append(tape, 20, 20, 20);
    takeAll(tape);
    tape.acknowledge(3, 5_000);
    tape.resume({ ...TERMS, windowMs: 40 });
    expect(takeAll(tape)).toEqual([20, 20]);
    tape.acknowledge(1, 40);
    expect(takeAll(tape)).toEqual([20]);
  });

  it('refuses to go on from what was settled, or was never sent', () => {
    const tape = spokenTape();
    tape.settle(2);
    expect(tape.resume({ ...TERMS, frame: 2 })).toBe(false);
    expect(tape.resume({ ...TERMS, frame: 6 })).toBe(false);
    expect(takeAll(tape)).toEqual([]);
  });

  it('says a gap for frames whose copies had to go', () => {
    const tape = newTape(1_000);
    append(tape, ...Array.from({ length: 50 }, () => 20));
    takeAll(tape);
    tape.acknowledge(50, 5_000);
    tape.resume(TERMS);
    const items = takeAll(tape);
    expect(items[0]).toEqual(gapOf(260)); // three quarters of 1,000 ms were kept, in whole frames
    expect(items).toHaveLength(38);
  });

  it('splits again what another server takes only in shorter frames', () => {
    const tape = newTape();
    append(tape, 100);
    takeAll(tape);
    tape.resume({ ...TERMS, maxFrameMs: 40 });
    expect(takeAll(tape)).toEqual([40, 40, 20]);
  });

  it('is idle while nothing waits for an outcome', () => {
    const tape = newTape();
    expect(tape.idle).toBe(true);
    append(tape, 20);
    tape.mark('finalize');
    takeAll(tape);
    expect(tape.idle).toBe(false);
    tape.settle(1);
    expect(tape.idle).toBe(true);
    tape.mark('finish');
    expect(tape.idle).toBe(false);
  });

  it('keeps one finalize at a place, however often it was said', () => {
    const tape = newTape();
    append(tape, 20);
    for (let i = 0; i < 5; i++) {
      tape.mark('finalize');
      expect(takeAll(tape).at(-1)).toEqual(FINALIZE);
    }
    tape.resume({ ...TERMS, frame: 2 });
    expect(takeAll(tape)).toEqual([FINALIZE]);
  });
});

describe('Tape in a new session', () => {
  it('sends from what is settled on, to the millisecond, and numbers from 1', () => {
    const tape = spokenTape();
    tape.settle(1);
    tape.renew(TERMS, 15); // 5 ms into frame 2
    expect(takeAll(tape).slice(0, 3)).toEqual([FINALIZE, 15, FINALIZE]);
    tape.settle(1);
    expect(tape.resume({ ...TERMS, frame: 2 })).toBe(true);
    expect(takeAll(tape)[1]).toEqual(gapOf(30));
  });

  it('says only the rest of a gap that was settled in part', () => {
    const tape = spokenTape();
    tape.settle(2);
    tape.renew(TERMS, 40);
    expect(takeAll(tape).slice(0, 2)).toEqual([FINALIZE, gapOf(20)]);
  });

  it('sends again what was under way, and what was not sent yet', () => {
    const tape = newTape();
    tape.acknowledge(0, 20);
    append(tape, 20, 30);
    expect(takeAll(tape)).toEqual([20]);
    tape.renew(TERMS, 0);
    expect(takeAll(tape)).toEqual([20, 30]);
  });
});
