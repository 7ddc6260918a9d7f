/**
 * Ledger: every sample has one fate, and the sums balance.
 *
 *   received = transcribed + silent + dropped(reason) + released + unsettled
 *
 * Counts in samples, so that nothing is rounded until somebody reads it. `missing` is what a client
 * declared lost: never received, so in none of these sums. The only move allowed between fates is
 * from silent to transcribed, when a final comes late.
 */
import { strict as assert } from 'node:assert';
import type { GapReason } from '../wire/message.ts';
import type { Ticket } from '../wire/ticket.ts';

type DropReason = 'overrun' | 'upstream';
export type Fate = 'transcribed' | 'silent' | 'released' | DropReason;

/** Samples, by fate. */
export interface Sums {
  readonly received: number;
  readonly transcribed: number;
  readonly silent: number;
  readonly dropped: { readonly [R in DropReason]: number };
  readonly released: number;
  readonly unsettled: number;
  readonly missing: number;
}

/** The sums at the settled place: what another process needs to go on counting. */
export type Carried = Pick<Ticket, 'transcribed' | 'silent' | 'overrun' | 'upstream' | 'missing'>;

const NOTHING: Carried = { transcribed: 0, silent: 0, overrun: 0, upstream: 0, missing: 0 };

/** Hears of every booking, in samples: what the process counts over all sessions. */
export interface Bookings {
  received(samples: number): void;
  settled(fate: Fate, samples: number): void;
  /** Silence that a late final made transcribed. */
  revised(samples: number): void;
}

export class Ledger {
  readonly #bookings: Bookings;
  readonly #fates: { [F in Fate]: number };
  #received: number;
  #unsettled = 0;
  #missing: number;
  /** Of what was dropped on its way in, and of what is missing: how much lies before the settled place. */
  readonly #passed: { overrun: number; client: number };

  /** `carried` is what another process has counted, and booked for itself. */
  constructor(bookings: Bookings, carried = NOTHING) {
    const { transcribed, silent, overrun, upstream, missing } = carried;
    this.#bookings = bookings;
    this.#fates = { transcribed, silent, released: 0, overrun, upstream };
    this.#received = transcribed + silent + overrun + upstream;
    this.#missing = missing;
    this.#passed = { overrun, client: missing };
  }

  receive(samples: number): void {
    this.#received += samples;
    this.#unsettled += samples;
    this.#bookings.received(samples);
  }

  miss(samples: number): void {
    this.#missing += samples;
  }

  /** Gives `samples` of what is unsettled their fate. */
  settle(fate: Fate, samples: number): void {
    assert(samples >= 0 && samples <= this.#unsettled, 'more samples settled than were received');
    if (samples === 0) return;
    this.#unsettled -= samples;
    this.#fates[fate] += samples;
    this.#bookings.settled(fate, samples);
  }

  /** A late final covers `samples` that were silent. */
  revise(samples: number): void {
    assert(samples >= 0 && samples <= this.#fates.silent, 'more silence revised than there was');
    if (samples === 0) return;
    this.#fates.silent -= samples;
    this.#fates.transcribed += samples;
    this.#bookings.revised(samples);
  }

  /** A gap of `samples` lies before the settled place from now on. */
  pass(reason: GapReason, samples: number): void {
    if (reason !== 'upstream') this.#passed[reason] += samples;
  }

  carried(): Carried {
    const { transcribed, silent, upstream } = this.#fates;
    const { overrun, client: missing } = this.#passed;
    return { transcribed, silent, overrun, upstream, missing };
  }

  get unsettled(): number {
    return this.#unsettled;
  }

  sums(): Sums {
    const { transcribed, silent, released, overrun, upstream } = this.#fates;
    return {
      received: this.#received,
      transcribed,
      silent,
      dropped: { overrun, upstream },
      released,
      unsettled: this.#unsettled,
      missing: this.#missing,
    };
  }
}
