import { describe, expect, it } from 'vitest';
import { BookedTape, finalOf } from '../fakes/booked-tape.ts';

/** frame 1 [0, 10), client gap 2-3 [10, 15), frame 4 [15, 25), overrun 5 [25, 30), frame 6 [30, 40) */
function newBooked(): BookedTape {
  const booked = new BookedTape();
  booked.frame(10);
  booked.clientGap(5, 2);
  booked.frame(10);
  booked.overrun(5);
  booked.frame(10);
  return booked;
}

describe('Settlement', () => {
  it('settles a final to its end, and what no final covers before it as silent', () => {
    const booked = new BookedTape();
    booked.frame(100);
    booked.read();
    booked.settlement.final(finalOf(30, 70));
    expect(booked.lines).toEqual(['final 30-70']);
    expect(booked.settlement.settled).toBe(70);
    expect(booked.ledger.sums()).toMatchObject({ silent: 30, transcribed: 40, unsettled: 30 });
  });

  it('settles silence without a message', () => {
    const booked = new BookedTape();
    booked.frame(100);
    booked.read();
    booked.settlement.silence(60);
    booked.settlement.silence(40);
    expect(booked.lines).toEqual([]);
    expect(booked.settlement.settled).toBe(60);
    expect(booked.ledger.sums()).toMatchObject({ silent: 60, unsettled: 40 });
  });

  it('reports a gap as soon as it is read, when nothing unsettled lies before it', () => {
    const booked = new BookedTape();
    booked.clientGap(5);
    expect(booked.lines).toEqual([]);
    booked.read();
    expect(booked.lines).toEqual(['client 0-5']);
    booked.overrun(3);
    booked.read();
    expect(booked.lines).toEqual(['client 0-5', 'overrun 5-8']);
  });

  it('keeps a gap until all before it is settled', () => {
    const booked = newBooked();
    booked.read();
    expect(booked.lines).toEqual([]);
    booked.settlement.silence(9);
    expect(booked.lines).toEqual([]);
    booked.settlement.silence(10);
    expect(booked.lines).toEqual(['client 10-15']);
  });

  it('reports gaps of different reasons one after the other', () => {
    const booked = new BookedTape();
    booked.frame(5);
    booked.clientGap(5);
    booked.overrun(5);
    booked.clientGap(5);
    booked.read();
    booked.settlement.silence(5);
    expect(booked.lines).toEqual(['client 5-10', 'overrun 10-15', 'client 15-20']);
  });

  it('says with a gap that its own frames are settled', () => {
    const booked = newBooked();
    booked.read();
    booked.settlement.silence(40);
    expect(booked.said).toMatchObject([
      { what: 'client', settled: 15, settledFrame: 3 },
      { what: 'overrun', settled: 30, settledFrame: 5 },
    ]);
  });

  it('reports the gaps inside a final before it, and moves the cursor with the final', () => {
    const booked = newBooked();
    booked.read();
    booked.settlement.final(finalOf(5, 35));
    expect(booked.lines).toEqual(['client 10-15', 'overrun 25-30', 'final 5-35']);
    expect(booked.said.map(({ settled }) => settled)).toEqual([5, 5, 35]);
    expect(booked.said.map(({ settledFrame }) => settledFrame)).toEqual([0, 0, 5]);
    expect(booked.ledger.sums()).toMatchObject({ silent: 5, transcribed: 20, unsettled: 5 });
  });

  it('reports the gaps between two finals between them', () => {
    const booked = newBooked();
    booked.read();
    booked.settlement.final(finalOf(0, 10));
    booked.settlement.final(finalOf(15, 25));
    booked.settlement.final(finalOf(30, 40));
    expect(booked.lines).toEqual([
      'final 0-10',
      'client 10-15',
      'final 15-25',
      'overrun 25-30',
      'final 30-40',
    ]);
    expect(booked.tape).toMatchObject({ goneFrame: 6, heldBytes: 0, length: 0 });
  });

  it('still says a final over silence, and moves that audio from silent to transcribed', () => {
    const booked = newBooked();
    booked.read();
    booked.settlement.silence(40);
    booked.settlement.final(finalOf(5, 35));
    expect(booked.lines).toEqual(['client 10-15', 'overrun 25-30', 'final 5-35']);
    expect(booked.settlement.settled).toBe(40);
    expect(booked.ledger.sums()).toMatchObject({ silent: 10, transcribed: 20, unsettled: 0 });
    expect(booked.booked).toMatchObject({ revised: 20 });
  });

  it('moves no silence twice', () => {
    const booked = new BookedTape();
    booked.frame(100);
    booked.read();
    booked.settlement.silence(100);
    booked.settlement.final(finalOf(20, 40));
    booked.settlement.final(finalOf(30, 60));
    booked.settlement.final(finalOf(30, 60));
    expect(booked.ledger.sums()).toMatchObject({ silent: 60, transcribed: 40 });
  });

  it('remembers a bounded number of silent ranges, the newest', () => {
    const booked = new BookedTape();
    for (let n = 0; n < 200; n++) {
      booked.frame(1);
      booked.clientGap(1);
    }
    booked.read();
    booked.settlement.silence(400);
    booked.settlement.final(finalOf(0, 400));
    expect(booked.ledger.sums()).toMatchObject({ silent: 136, transcribed: 64 });
  });

  it('remembers no more of them when late finals cut them into pieces', () => {
    const booked = new BookedTape();
    booked.frame(1_000);
    booked.read();
    booked.settlement.silence(1_000);
    for (let at = 0; at < 400; at += 2) booked.settlement.final(finalOf(at, at + 1));
    booked.settlement.final(finalOf(0, 1_000));
    expect(booked.ledger.sums()).toMatchObject({ silent: 136, transcribed: 864 });
  });

  it('gives up piece by piece, between the gaps of others', () => {
    const booked = newBooked();
    booked.read();
    booked.settlement.silence(5);
    booked.settlement.giveUp(40);
    expect(booked.lines).toEqual([
      'upstream 5-10',
      'client 10-15',
      'upstream 15-25',
      'overrun 25-30',
      'upstream 30-40',
    ]);
    expect(booked.said.map(({ settledFrame }) => settledFrame)).toEqual([1, 3, 4, 5, 6]);
    expect(booked.ledger.sums()).toMatchObject({
      silent: 5,
      dropped: { overrun: 5, upstream: 25 },
      unsettled: 0,
    });
  });

  it('counts a frame as settled only when it is so to its end', () => {
    const booked = newBooked();
    booked.read();
    booked.settlement.silence(24);
    expect(booked.tape).toMatchObject({ goneFrame: 3, heldBytes: 20 });
    booked.settlement.silence(25);
    expect(booked.tape).toMatchObject({ goneFrame: 5, heldBytes: 10 });
  });

  it('releases what is unsettled, once', () => {
    const booked = newBooked();
    booked.read();
    booked.settlement.final(finalOf(0, 10));
    booked.settlement.release();
    booked.settlement.release();
    expect(booked.ledger.sums()).toMatchObject({ transcribed: 10, released: 20, unsettled: 0 });
  });

  it.each([
    ['a gap before a final', (booked: BookedTape) => booked.settlement.final(finalOf(16, 25))],
    ['a gap inside a final', (booked: BookedTape) => booked.settlement.final(finalOf(5, 25))],
    ['a gap in silence', (booked: BookedTape) => booked.settlement.silence(40)],
    ['audio given up', (booked: BookedTape) => booked.settlement.giveUp(40)],
  ])('survives that %s ends the session', (_, say) => {
    const booked = newBooked();
    booked.read();
    // A device that reads too slowly is ended while it is told of a gap.
    booked.onSaid = () => booked.settlement.release();
    say(booked);
    const { received, transcribed, silent, dropped, released, unsettled } = booked.ledger.sums();
    const settled = transcribed + silent + dropped.overrun + dropped.upstream + released;
    expect([received, unsettled]).toEqual([settled, 0]);
    expect(booked.said.filter(({ what }) => what !== 'final')).toHaveLength(1);
    expect(booked.settlement.settled).toBe(booked.tape.end);
  });

  it('lets a stream that begins again hear a little of what is settled, here and in another process', () => {
    const booked = new BookedTape(undefined, 30);
    booked.frame(100);
    booked.read();
    expect(booked.settlement.replayFrom).toBe(0);
    booked.settlement.silence(70);
    expect(booked.settlement.replayFrom).toBe(40);
    const next = new BookedTape({ frame: 0, settled: 70, into: 70 }, 20);
    expect(next.settlement).toMatchObject({ settled: 70, replayFrom: 50 });
    next.frame(100);
    next.read();
    next.settlement.silence(75);
    expect(next.settlement.replayFrom).toBe(55);
  });

  it('lets it hear nothing twice where words have no times', () => {
    const booked = new BookedTape(undefined, 30);
    booked.frame(100);
    booked.read();
    booked.settlement.wordTimes(false);
    booked.settlement.final(finalOf(10, 70));
    expect(booked.settlement.replayFrom).toBe(70);
    booked.settlement.wordTimes(true);
    booked.settlement.silence(90);
    expect(booked.settlement.replayFrom).toBe(70);
    booked.frame(20);
    booked.read();
    booked.settlement.silence(110);
    expect(booked.settlement.replayFrom).toBe(80);
  });
});
