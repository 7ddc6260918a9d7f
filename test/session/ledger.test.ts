import { describe, expect, it } from 'vitest';
import { Ledger } from '../../src/session/ledger.ts';
import { BookedTape } from '../fakes/booked-tape.ts';

const ZERO = {
  received: 0,
  transcribed: 0,
  silent: 0,
  dropped: { overrun: 0, upstream: 0 },
  released: 0,
  unsettled: 0,
  missing: 0,
};

describe('Ledger', () => {
  it('begins with nothing', () => {
    expect(new BookedTape().ledger.sums()).toEqual(ZERO);
  });

  it('moves what is unsettled to its fate', () => {
    const { ledger } = new BookedTape();
    ledger.receive(100);
    ledger.settle('transcribed', 50);
    ledger.settle('silent', 20);
    ledger.settle('overrun', 10);
    ledger.settle('upstream', 5);
    ledger.settle('released', 2);
    expect(ledger.sums()).toEqual({
      received: 100,
      transcribed: 50,
      silent: 20,
      dropped: { overrun: 10, upstream: 5 },
      released: 2,
      unsettled: 13,
      missing: 0,
    });
    expect(ledger.unsettled).toBe(13);
  });

  it('counts what a device lost apart from all that was received', () => {
    const { ledger } = new BookedTape();
    ledger.miss(7);
    expect(ledger.sums()).toEqual({ ...ZERO, missing: 7 });
  });

  it('moves silence to transcribed, and tells of it apart', () => {
    const { ledger, booked } = new BookedTape();
    ledger.receive(10);
    ledger.settle('silent', 10);
    ledger.revise(4);
    expect(ledger.sums()).toMatchObject({ silent: 6, transcribed: 4, unsettled: 0 });
    expect(booked).toMatchObject({ received: 10, silent: 10, transcribed: 0, revised: 4 });
  });

  it('books nothing for no samples', () => {
    const { ledger, booked } = new BookedTape();
    ledger.settle('silent', 0);
    ledger.revise(0);
    expect(Object.values(booked).every((samples) => samples === 0)).toBe(true);
  });

  it('takes a fate for more than there is as the bug that it is', () => {
    const { ledger } = new BookedTape();
    ledger.receive(10);
    expect(() => ledger.settle('silent', 11)).toThrow('more samples settled than were received');
    expect(() => ledger.settle('silent', -1)).toThrow();
    ledger.settle('silent', 10);
    expect(() => ledger.revise(11)).toThrow('more silence revised than there was');
    expect(() => ledger.revise(-1)).toThrow();
  });

  it('counts on from what another process has counted, and books only its own', () => {
    const booked: string[] = [];
    const note = (what: string) => (samples: number) => void booked.push(`${what} ${samples}`);
    const bookings = {
      received: note('received'),
      settled: (fate: string, samples: number) => void booked.push(`${fate} ${samples}`),
      revised: note('revised'),
    };
    const carried = { transcribed: 50, silent: 30, overrun: 5, upstream: 1, missing: 9 };
    const ledger = new Ledger(bookings, carried);
    expect(ledger.carried()).toEqual(carried);
    expect(booked).toEqual([]);
    ledger.receive(10);
    ledger.settle('overrun', 4);
    ledger.miss(3);
    expect(ledger.sums()).toMatchObject({ received: 96, unsettled: 6, missing: 12 });
    expect(ledger.sums().dropped).toEqual({ overrun: 9, upstream: 1 });
    // Neither the drop nor what is missing lies before the settled place yet.
    expect(ledger.carried()).toEqual(carried);
    ledger.settle('silent', 6);
    ledger.pass('overrun', 4);
    ledger.pass('client', 3);
    expect(ledger.carried()).toEqual({ ...carried, silent: 36, overrun: 9, missing: 12 });
    expect(booked).toEqual(['received 10', 'overrun 4', 'silent 6']);
  });
});
