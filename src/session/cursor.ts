/**
 * Cursor: what the device has been told to be settled, and the token that says so.
 *
 * A device lets go of audio up to the `settled` of the newest token it holds. So `settled` moves only
 * in a message that carries one: with every final and gap, and with an ack about once a second. It
 * stays as far behind as a recognizer has to hear again, here or in another process.
 */
import type { Clock } from '../clock.ts';
import { msOf } from '../wire/limits.ts';
import type { Bond, Ticket, Tickets } from '../wire/ticket.ts';
import type { Ledger } from './ledger.ts';
import type { Settlement } from './settlement.ts';
import type { Tape } from './tape.ts';

/** Between two acks that carry a token, in milliseconds: acks that are a second apart may all do. */
const ACK_EVERY_MS = 950;
/** A token is issued anew before it is a minute old: acks come once a second. */
const REISSUE_MS = 58_000;

/** What a message says of what is settled. */
export interface Told {
  readonly settled: number;
  readonly settledMs: number;
  readonly resume?: string;
}

export interface CursorParts {
  readonly clock: Clock;
  readonly tickets: Tickets;
  /** Who issues: the session and the process that holds it. */
  readonly session: string;
  readonly holder: string;
  readonly bond: Bond;
  readonly sampleRateHertz: number;
  readonly tape: Tape;
  readonly ledger: Ledger;
  readonly settlement: Settlement;
}

/** Number of a frame, and a session sample: all up to them is settled. */
type Place = Pick<Ticket, 'frame' | 'settled'>;

export class Cursor {
  readonly #parts: CursorParts;
  #told: Place;
  #issuedMs = 0;
  /** When an ack with a token was handed over. */
  #ackedMs = Number.NEGATIVE_INFINITY;
  /** The newest ack with a token that is on its way: it takes the place of one that waits. */
  #ack: { readonly message: object; readonly ticket: Ticket } | undefined;

  /** `result`: number of the last final, of another process. */
  constructor(parts: CursorParts, result: number) {
    this.#parts = parts;
    this.#told = placeOf(this.now(result));
  }

  /** How things stand, `result` being the number of the last final. */
  now(result: number): Ticket {
    const { session, holder, bond, tape, ledger, settlement } = this.#parts;
    const { settled, replayFrom } = settlement;
    const { transcribed, silent, overrun, upstream, missing } = ledger.carried();
    return {
      session,
      holder,
      subject: bond.subject,
      configuration: bond.configuration,
      result,
      frame: tape.goneFrame,
      settled,
      into: settled - tape.goneEnd,
      lead: settled - replayFrom,
      said: settlement.carried,
      transcribed,
      silent,
      overrun,
      upstream,
      missing,
    };
  }

  /** The device is about to be told of `ticket`, by what is never left out. */
  tell(ticket: Ticket): string {
    this.#told = placeOf(ticket);
    return this.#issue(ticket);
  }

  /** What an ack says after finals up to `result`; sent() follows it. */
  ack(result: number): { readonly told: Told; readonly ticket: Ticket | undefined } {
    const { tape, settlement, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const { frame, settled } = this.#told;
    const isNews = tape.goneFrame !== frame || settlement.settled !== settled;
    const mayTell = isNews && nowMs - this.#ackedMs >= ACK_EVERY_MS;
    if (!mayTell && nowMs - this.#issuedMs < REISSUE_MS) {
      return { told: this.#place(this.#told), ticket: undefined };
    }
    const ticket = this.now(result);
    return { told: this.#place(ticket, this.#issue(ticket)), ticket };
  }

  /** `ack` will tell the device of `ticket`, unless a newer one takes its place. */
  sent(ack: object, ticket: Ticket | undefined): void {
    if (ticket !== undefined) this.#ack = { message: ack, ticket };
  }

  /** `message` is with the socket. */
  handed(message: object): void {
    if (this.#ack?.message !== message) return;
    const { ticket } = this.#ack;
    this.#ack = undefined;
    this.#ackedMs = this.#parts.clock.nowMs();
    if (ticket.settled >= this.#told.settled) this.#told = placeOf(ticket);
  }

  #issue(ticket: Ticket): string {
    const { clock, tickets } = this.#parts;
    this.#issuedMs = clock.nowMs();
    return tickets.issue(ticket, clock.wallMs());
  }

  #place({ frame, settled }: Place, resume?: string): Told {
    const settledMs = msOf(settled, this.#parts.sampleRateHertz);
    return resume === undefined
      ? { settled: frame, settledMs }
      : { settled: frame, settledMs, resume };
  }
}

function placeOf({ frame, settled }: Ticket): Place {
  return { frame, settled };
}
