import { describe, expect, it } from 'vitest';
import type { Marker } from '../../src/client/entry.ts';
import type { Terms } from '../../src/client/tape.ts';
import { Tape } from '../../src/client/tape.ts';

const RATE = 8_000;
const PER_MS = RATE / 1000;
const TERMS: Terms = { frame: 1, windowMs: 5_000, maxFrameMs: 1_000, maxFrameBytes: 65_536 };

function newTape(storeMs = 90_000): Tape {
  return new Tape({ encoding: 'LINEAR16', sampleRateHertz: RATE, storeMs });
}

function audioOf(ms: number): Uint8Array {
  return new Uint8Array(ms * PER_MS * 2);
}

/** All that may go: a frame as its ms, a marker as its object. */
function takeAll(tape: Tape): (number | Marker)[] {
  const items: (number | Marker)[] = [];
  for (let item = tape.take(); item !== undefined; item = tape.take()) {
    items.push(item instanceof Uint8Array ? item.byteLength / 2 / PER_MS : item);
  }
  tape.trim();
  return items;
}

describe('Tape window', () => {
  it('sends nothing while the window is 0, without exception', () => {
    const tape = newTape();
    tape.renew({ ...TERMS, windowMs: 0 }, 0);
    tape.append(audioOf(20));
    expect(takeAll(tape)).toEqual([]);
    tape.acknowledge(0, 20);
    expect(takeAll(tape)).toEqual([20]);
  });

  it('sends up to exactly the window beyond what was received', () => {
    const tape = newTape();
    tape.renew({ ...TERMS, windowMs: 100 }, 0);
    for (let i = 0; i < 8; i++) tape.append(audioOf(20));
    expect(takeAll(tape)).toEqual([20, 20, 20, 20, 20]);
    tape.acknowledge(2, 100);
    expect(takeAll(tape)).toEqual([20, 20]);
    tape.acknowledge(7, 19);
    expect(takeAll(tape)).toEqual([20]); // nothing is outstanding: one may be longer
  });

  it('holds back a frame that is one sample too long', () => {
    const tape = newTape();
    tape.renew({ ...TERMS, windowMs: 100 }, 0);
    tape.append(audioOf(99));
    tape.append(new Uint8Array((PER_MS + 1) * 2));
    expect(takeAll(tape)).toEqual([99]);
  });

  it('sends one frame longer than the window when nothing is outstanding, and no second', () => {
    const tape = newTape();
    tape.renew({ ...TERMS, windowMs: 50 }, 0);
    tape.append(audioOf(200));
    tape.append(audioOf(10));
    expect(takeAll(tape)).toEqual([200]);
    tape.acknowledge(1, 50);
    expect(takeAll(tape)).toEqual([10]);
  });

  it('counts a gap by its number and not as audio', () => {
    const tape = newTape();
    tape.renew({ ...TERMS, windowMs: 100 }, 0);
    tape.gap(60_000);
    tape.append(audioOf(100));
    expect(takeAll(tape)).toEqual([{ type: 'gap', ms: 60_000, frames: 1 }, 100]);
    tape.append(audioOf(100));
    tape.acknowledge(1, 100); // the gap alone
    expect(takeAll(tape)).toEqual([]);
    tape.acknowledge(2, 100);
    expect(takeAll(tape)).toEqual([100]);
  });
});

describe('Tape frames', () => {
  it('splits audio that is longer than a frame may be, at sample boundaries', () => {
    const tape = newTape();
    tape.append(audioOf(250));
    tape.renew({ ...TERMS, maxFrameMs: 100 }, 0);
    expect(takeAll(tape)).toEqual([100, 100, 50]);
    const odd = newTape();
    odd.append(audioOf(1));
    odd.renew({ ...TERMS, maxFrameBytes: 7 }, 0); // three samples and a half
    expect(takeAll(odd)).toEqual([3 / PER_MS, 3 / PER_MS, 2 / PER_MS]);
  });

  it('keeps the bytes in order when it splits', () => {
    const tape = newTape();
    tape.renew({ ...TERMS, maxFrameBytes: 4 }, 0);
    tape.append(Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(tape.take()).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(tape.take()).toEqual(Uint8Array.of(5, 6));
  });

  it('numbers from what ready wants next', () => {
    const tape = newTape();
    tape.renew({ ...TERMS, frame: 41, windowMs: 20 }, 0);
    tape.append(audioOf(20));
    tape.append(audioOf(20));
    expect(takeAll(tape)).toEqual([20]);
    tape.acknowledge(40, 20);
    expect(takeAll(tape)).toEqual([]);
    tape.acknowledge(41, 20);
    expect(takeAll(tape)).toEqual([20]);
  });
});

describe('Tape markers', () => {
  it('keeps markers between the frames where they were put', () => {
    const tape = newTape();
    tape.append(audioOf(20));
    tape.mark('finalize');
    tape.gap(30);
    tape.append(audioOf(40));
    tape.mark('finish');
    tape.renew(TERMS, 0);
    const gap = { type: 'gap', ms: 30, frames: 1 };
    expect(takeAll(tape)).toEqual([20, { type: 'finalize' }, gap, 40, { type: 'finish' }]);
    expect(tape.finished).toBe(true);
  });

  it('holds a marker back behind a frame that the window holds back', () => {
    const tape = newTape();
    tape.renew({ ...TERMS, windowMs: 20 }, 0);
    tape.append(audioOf(20));
    tape.append(audioOf(20));
    tape.mark('finalize');
    expect(takeAll(tape)).toEqual([20]);
    tape.acknowledge(1, 20);
    expect(takeAll(tape)).toEqual([20, { type: 'finalize' }]);
  });

  it('says finalize once for several at one place, and again when the first was sent', () => {
    const tape = newTape();
    tape.append(audioOf(20));
    tape.mark('finalize');
    tape.mark('finalize');
    tape.renew(TERMS, 0);
    expect(takeAll(tape)).toEqual([20, { type: 'finalize' }]);
    tape.mark('finalize');
    expect(takeAll(tape)).toEqual([{ type: 'finalize' }]);
  });

  it('says a gap beyond a day in several', () => {
    const tape = newTape();
    tape.gap(86_400_000);
    tape.gap(5);
    tape.renew(TERMS, 0);
    const day = { type: 'gap', ms: 86_400_000, frames: 1 };
    expect(takeAll(tape)).toEqual([day, { type: 'gap', ms: 5, frames: 1 }]);
  });
});

describe('Tape store', () => {
  it('drops the oldest unsent frames past its bound and says one gap in their place', () => {
    const tape = newTape(1_000);
    for (let i = 0; i < 60; i++) tape.append(audioOf(20));
    tape.trim();
    expect(tape.unsentMs).toBe(1_000);
    tape.renew(TERMS, 0);
    expect(takeAll(tape).slice(0, 2)).toEqual([{ type: 'gap', ms: 200, frames: 1 }, 20]);
  });

  it('says a growing gap only when the frame behind it may go', () => {
    const tape = newTape(1_000);
    tape.renew({ ...TERMS, windowMs: 0 }, 0);
    for (let i = 0; i < 100; i++) {
      tape.append(audioOf(20));
      expect(takeAll(tape)).toEqual([]);
    }
    tape.acknowledge(0, 20);
    expect(takeAll(tape)).toEqual([{ type: 'gap', ms: 1_000, frames: 1 }, 20]);
  });

  it('keeps few markers, however many were put into a lost stretch', () => {
    const tape = newTape(1_000);
    for (let i = 0; i < 100; i++) {
      tape.append(audioOf(20));
      tape.mark('finalize');
      tape.gap(7);
    }
    tape.append(audioOf(1_000));
    tape.trim();
    tape.renew(TERMS, 0);
    const finalize = { type: 'finalize' };
    const lost = { type: 'gap', ms: 99 * 27 + 20, frames: 1 };
    const last = { type: 'gap', ms: 7, frames: 1 };
    expect(takeAll(tape)).toEqual([finalize, lost, finalize, last, 1_000]);
  });

  it('gives up copies of what was sent, beyond three quarters, before what was never sent', () => {
    const tape = newTape(1_000);
    tape.renew(TERMS, 0);
    for (let i = 0; i < 50; i++) tape.append(audioOf(20));
    expect(takeAll(tape)).toHaveLength(50);
    tape.acknowledge(50, 0);
    tape.append(audioOf(240));
    expect(takeAll(tape)).toEqual([]);
    tape.acknowledge(50, 240);
    expect(takeAll(tape)).toEqual([240]);
  });

  it('counts what has settled no more', () => {
    const tape = newTape(1_000);
    tape.renew({ ...TERMS, windowMs: 700 }, 0);
    tape.append(audioOf(700));
    expect(takeAll(tape)).toEqual([700]);
    tape.acknowledge(1, 0);
    tape.settle(1);
    tape.append(audioOf(1_000));
    expect(takeAll(tape)).toEqual([]);
    tape.acknowledge(1, 1_000);
    expect(takeAll(tape)).toEqual([1_000]);
  });

  it('carries what is shorter than a millisecond over to the next gap', () => {
    const tape = newTape(1_000);
    const lose = (samples: number): void => {
      tape.append(new Uint8Array(samples * 2));
      tape.append(audioOf(1_000));
      tape.trim();
    };
    lose(4); // half a millisecond
    tape.renew({ ...TERMS, windowMs: 1_000 }, 0);
    expect(takeAll(tape)).toEqual([1_000]);
    tape.settle(1);
    lose(12);
    tape.acknowledge(1, 1_000);
    expect(takeAll(tape)).toEqual([{ type: 'gap', ms: 2, frames: 1 }, 1_000]);
  });
});
