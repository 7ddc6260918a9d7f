import { describe, expect, it } from 'vitest';
import type { Taken } from '../../src/session/intake.ts';
import { Intake, TAPE_ENTRIES_MAX } from '../../src/session/intake.ts';
import { Signal } from '../../src/session/signal.ts';
import type { TapeStart } from '../../src/session/tape.ts';
import { TapeBudget, Window } from '../../src/session/window.ts';
import { BookedTape } from '../fakes/booked-tape.ts';

const RATE = 8_000;
const TOLD = { settled: 0, settledMs: 0 };
const LIMITS = { windowMs: 2_000, tapeMsMax: 60_000, frameMsMax: 1_000 };

class IntakeRig {
  readonly booked: BookedTape;
  readonly budget = new TapeBudget(2 ** 30);
  readonly window = new Window(this.budget, LIMITS, RATE, 1);
  readonly intake: Intake;

  constructor(from?: TapeStart) {
    this.booked = new BookedTape(from);
    const { tape, ledger } = this.booked;
    this.intake = new Intake({
      rule: { encoding: 'MULAW', sampleRateHertz: RATE, frameMsMax: 1_000 },
      tape,
      ledger,
      window: this.window,
      signal: new Signal('MULAW', RATE),
      skip: from?.into ?? 0,
    });
  }

  /** A frame of `ms` that is no silence. */
  frame(ms: number, nowMs = 0): Taken {
    return this.intake.frame(new Uint8Array((ms * RATE) / 1000).fill(0x55), nowMs);
  }

  /** An ack that is sent and handed over at once. */
  ack(): number {
    const ack = this.intake.ack(TOLD, 1);
    this.intake.offered(ack);
    this.intake.handed(ack);
    return ack.windowMs;
  }
}

/** A rig whose device knows its window. */
function newRig(): IntakeRig {
  const rig = new IntakeRig();
  rig.ack();
  return rig;
}

describe('Intake', () => {
  it('puts a frame on the tape and books it as received', () => {
    const rig = newRig();
    expect(rig.frame(100, 5)).toBe('taken');
    expect(rig.booked.tape.at(0)).toMatchObject({ frame: 1, samples: 800, arrivedMs: 5 });
    expect(rig.booked.ledger.sums()).toMatchObject({ received: 800, unsettled: 800 });
  });

  it('books the tape in the budget, and nothing more once the window is used up', () => {
    const rig = newRig();
    for (let n = 0; n < 20; n++) rig.frame(100);
    expect(rig.budget.used).toBe(rig.booked.tape.heldBytes);
  });

  it('answers what is wrong with a frame, and books nothing', () => {
    const rig = newRig();
    expect(rig.frame(0)).toMatchObject({ code: 'bad_audio' });
    expect(rig.frame(1_001)).toMatchObject({ code: 'frame_too_large' });
    expect(rig.booked.ledger.sums()).toMatchObject({ received: 0 });
    expect(rig.booked.tape).toMatchObject({ frame: 0, length: 0 });
    expect(rig.window.received).toBe(0);
  });

  it('says what was received and settled, and what may come', () => {
    const rig = newRig();
    rig.frame(100);
    rig.frame(100);
    expect(rig.intake.ack({ settled: 1, settledMs: 150, resume: 'token' }, 1)).toEqual({
      streams: 1,
      type: 'ack',
      received: 2,
      settled: 1,
      settledMs: 150,
      windowMs: 2_000,
      resume: 'token',
    });
  });

  it('keeps of a frame beyond the window its number and its time', () => {
    const rig = newRig();
    for (let n = 0; n < 20; n++) expect(rig.frame(100)).toBe('taken');
    expect(rig.frame(100)).toBe('overrun');
    expect(rig.frame(50)).toBe('overrun');
    expect(rig.booked.tape.at(20)).toMatchObject({ kind: 'gap', reason: 'overrun', frame: 22 });
    expect(rig.booked.ledger.sums()).toMatchObject({
      received: 17_200,
      unsettled: 16_000,
      dropped: { overrun: 1_200 },
    });
    expect(rig.intake.ack(TOLD, 1)).toMatchObject({ received: 22, windowMs: 2_000 });
  });

  it('goes by what was handed over, not by what was made', () => {
    const rig = new IntakeRig();
    const ack = rig.intake.ack(TOLD, 1);
    rig.intake.offered(ack);
    expect(rig.frame(20)).toBe('overrun');
    rig.intake.handed(ack);
    expect(rig.frame(20)).toBe('taken');
  });

  it('goes by an ack that waited while others were made and never sent', () => {
    const rig = newRig();
    for (let n = 0; n < 20; n++) rig.frame(100);
    const waiting = rig.intake.ack(TOLD, 1);
    rig.intake.offered(waiting);
    expect(waiting.windowMs).toBe(2_000);
    rig.intake.ack(TOLD, 1);
    rig.intake.ack(TOLD, 1);
    rig.intake.handed(waiting);
    for (let n = 0; n < 20; n++) expect(rig.frame(100)).toBe('taken');
  });

  it('ignores what is handed over and grants nothing', () => {
    const rig = new IntakeRig();
    rig.intake.handed({ type: 'interim', windowMs: 9_999 });
    expect(rig.frame(20)).toBe('overrun');
  });

  it('ends a device that goes on for 10 s beyond its window', () => {
    const rig = new IntakeRig();
    for (let n = 0; n < 10; n++) expect(rig.frame(1_000, n)).toBe('overrun');
    expect(rig.frame(1, 10)).toMatchObject({ code: 'too_fast' });
  });

  it('forgives after a minute within the window', () => {
    const rig = new IntakeRig();
    for (let n = 0; n < 10; n++) rig.frame(1_000, 0);
    expect(rig.frame(1_000, 60_001)).toBe('overrun');
    for (let n = 0; n < 9; n++) expect(rig.frame(1_000, 120_001)).toBe('overrun');
    expect(rig.frame(1_000, 180_001)).toMatchObject({ code: 'too_fast' });
  });

  it('warns once for each burst', () => {
    const { intake } = new IntakeRig();
    expect([0, 1, 10_000, 10_001].map((nowMs) => intake.warnsOfOverrun(nowMs))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('takes a gap as time and numbers, and as nothing received', () => {
    const rig = newRig();
    rig.intake.gap(1_500, 7);
    rig.frame(20);
    expect(rig.booked.tape.at(1)).toMatchObject({ frame: 8, start: 12_000 });
    expect(rig.booked.ledger.sums()).toMatchObject({ received: 160, missing: 12_000 });
    expect(rig.window.received).toBe(160);
  });

  it('ends a device whose frames are too short to be audio', () => {
    const rig = newRig();
    const tiny = (): Taken => rig.intake.frame(new Uint8Array(1), 0);
    for (let n = 0; n < TAPE_ENTRIES_MAX; n++) {
      if (n % 5_000 === 0) rig.ack();
      expect(tiny()).toBe('taken');
    }
    expect(tiny()).toMatchObject({ code: 'too_fast' });
  });

  it('tells of a microphone that gives only zeros', () => {
    const rig = newRig();
    const zeros = (): Taken => {
      rig.ack();
      return rig.intake.frame(new Uint8Array(RATE).fill(0xff), 0);
    };
    const answers = Array.from({ length: 6 }, zeros);
    expect(answers).toEqual(['taken', 'taken', 'taken', 'taken', 'silent_audio', 'taken']);
  });

  it('keeps of the first frames what another process has settled too, and counts only the rest', () => {
    const rig = new IntakeRig({ frame: 4, settled: 4_000, into: 1_000 });
    rig.ack();
    expect(rig.frame(100)).toBe('taken');
    expect(rig.booked.tape.at(0)).toMatchObject({ frame: 5, start: 3_000, samples: 800 });
    expect(rig.booked.ledger.sums()).toMatchObject({ received: 0, unsettled: 0 });
    expect(rig.frame(100, 7)).toBe('taken');
    expect(rig.booked.tape.at(1)).toMatchObject({ frame: 6, start: 3_800, samples: 800 });
    expect(rig.booked.ledger.sums()).toMatchObject({ received: 600, unsettled: 600 });
    // The device counts all that it sends.
    expect(rig.window.received).toBe(1_600);
    rig.intake.gap(100, 1);
    expect(rig.booked.ledger.sums().missing).toBe(800);
  });

  it('takes off a gap what another process has settled of the frame that the device lost', () => {
    const rig = new IntakeRig({ frame: 4, settled: 4_000, into: 300 });
    rig.intake.gap(100, 1);
    expect(rig.booked.tape.at(0)).toMatchObject({ kind: 'gap', start: 4_000, samples: 500 });
    expect(rig.booked.ledger.sums().missing).toBe(500);
  });
});
