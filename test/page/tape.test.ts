import { describe, expect, it } from 'vitest';
import { BAR_MS, Tape } from '../../src/page/tape.ts';

function recorded(frames: number): Tape {
  const tape = new Tape();
  tape.begin(0, BAR_MS);
  for (let i = 0; i < frames; i++) tape.record(BAR_MS, (i % 10) / 10);
  return tape;
}

describe('Tape', () => {
  it('says how loud it was, at the loudest', () => {
    const tape = recorded(20);
    expect(tape.spokenMs).toBe(1_000);
    expect(tape.loudness(0, 500)).toBe(0.9);
    expect(tape.loudness(500, 600)).toBe(0.1);
    expect(tape.loudness(5_000, 6_000)).toBe(0);
  });

  it('knows both cursors, which never go back and never pass what was spoken', () => {
    const tape = recorded(20);
    tape.acknowledge({ received: 10, settledMs: 200 });
    expect([tape.receivedMs, tape.settledMs]).toEqual([500, 200]);
    tape.acknowledge({ received: 4, settledMs: 100 });
    expect([tape.receivedMs, tape.settledMs]).toEqual([500, 200]);
    tape.acknowledge({ received: 90, settledMs: 9_000 });
    expect([tape.receivedMs, tape.settledMs]).toEqual([1_000, 1_000]);
  });

  it('counts a later session from where it began', () => {
    const tape = recorded(20);
    tape.acknowledge({ received: 8, settledMs: 300 });
    tape.begin(300, BAR_MS);
    tape.acknowledge({ received: 6, settledMs: 100 });
    expect([tape.receivedMs, tape.settledMs]).toEqual([600, 400]);
  });

  it('counts a gap of the client as the one frame that it was, however long', () => {
    const tape = recorded(100);
    tape.mark({ startMs: 500, endMs: 1_550, kind: 'gap' }, true);
    tape.acknowledge({ received: 20, settledMs: 0 });
    expect(tape.receivedMs).toBe(20 * BAR_MS + 1_000);
  });

  it('takes what is settled for received', () => {
    const tape = recorded(20);
    tape.settle(700);
    expect([tape.receivedMs, tape.settledMs]).toEqual([700, 700]);
  });

  it('takes frames of any length, and forgets what is two hours old', () => {
    const tape = new Tape();
    tape.record(7, 0.5);
    expect(tape.bars).toEqual([0.5]);
    tape.record(3 * 3_600_000, 0.1);
    expect(tape.bars.length * BAR_MS).toBe(2 * 3_600_000);
    expect(tape.loudness(0, 1_000)).toBe(0);
    expect(tape.loudness(tape.spokenMs - 1_000, tape.spokenMs)).toBe(0.1);
  });
});
