import { describe, expect, it } from 'vitest';
import { Settling } from '../../../src/speech/google/settling.ts';

/** One sample a millisecond, so that places are milliseconds. */
class Rig {
  readonly settling = new Settling(1_000);
  readonly settled: number[] = [];

  hear(isVoice: boolean, ms: number, isPatient = false): void {
    for (let at = 0; at < ms; at += 100) {
      this.settling.hear(isVoice, 100);
      const silent = this.settling.due(isPatient);
      if (silent !== undefined) this.settled.push(silent);
    }
  }
}

describe('Settling', () => {
  it('settles silence up to a second before now, in steps', () => {
    const rig = new Rig();
    rig.hear(false, 3_000);
    expect(rig.settled).toEqual([1_000, 1_500, 2_000]);
  });

  it('keeps back speech that has no outcome for 5 s, and no longer', () => {
    const rig = new Rig();
    rig.hear(false, 1_000);
    rig.hear(true, 500);
    rig.hear(false, 4_900);
    expect(rig.settled).toEqual([1_000]);
    rig.hear(false, 100);
    expect(rig.settled).toEqual([1_000, 5_500]);
  });

  it('keeps it back however long when the stream is suspect', () => {
    const rig = new Rig();
    rig.hear(false, 1_000);
    rig.hear(true, 500);
    rig.hear(false, 20_000, true);
    expect(rig.settled).toEqual([1_000]);
  });

  it('settles nothing while an interim waits for its final', () => {
    const rig = new Rig();
    rig.hear(true, 500);
    rig.settling.interim();
    rig.hear(false, 20_000);
    expect(rig.settled).toEqual([]);
    rig.settling.final(600);
    expect([rig.settling.settled, rig.settling.finalEnd, rig.settling.isOpen]).toEqual([
      600,
      600,
      false,
    ]);
    rig.hear(false, 2_000);
    expect(rig.settled).toEqual([21_500]);
  });

  it('settles to the end of a speech activity that nothing follows for 2 s', () => {
    const rig = new Rig();
    rig.settling.activity('begin', 100);
    rig.hear(true, 1_000);
    rig.settling.activity('end', 900);
    rig.hear(false, 1_900);
    expect(rig.settled).toEqual([]);
    rig.hear(false, 100);
    expect(rig.settled).toEqual([900]);
  });

  it('waits for the final when an interim follows the end of the activity', () => {
    const rig = new Rig();
    rig.hear(true, 1_000);
    rig.settling.activity('end', 900);
    rig.settling.interim();
    rig.hear(false, 9_000);
    expect(rig.settled).toEqual([]);
  });

  it('settles nothing while the activity goes on, though the local detector hears nobody', () => {
    const rig = new Rig();
    rig.hear(false, 500);
    rig.settling.activity('begin', 400);
    rig.hear(false, 4_000);
    expect(rig.settled).toEqual([]);
  });

  it('says where speech without an outcome begins', () => {
    const rig = new Rig();
    rig.hear(false, 300);
    rig.hear(true, 400);
    expect(rig.settling.speechFrom).toBe(300);
    rig.settling.final(500);
    expect(rig.settling.speechFrom).toBe(500);
    expect(rig.settling.quietFor).toBe(0);
  });
});
