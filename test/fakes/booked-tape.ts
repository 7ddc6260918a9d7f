/**
 * BookedTape: a tape with its ledger and settlement, read by hand, and all that was said and booked.
 *
 * One byte is one sample, so that lengths are easy to read.
 */

import type { Entry } from '../../src/session/entry.ts';
import type { Fate } from '../../src/session/ledger.ts';
import { Ledger } from '../../src/session/ledger.ts';
import { Settlement } from '../../src/session/settlement.ts';
import type { TapeStart } from '../../src/session/tape.ts';
import { Tape } from '../../src/session/tape.ts';
import type { FinalResult } from '../../src/speech/recognizer.ts';
import type { GapReason } from '../../src/wire/message.ts';

/** What the settlement said, with the cursors of that moment. */
export interface Said {
  readonly what: 'final' | GapReason;
  readonly start: number;
  readonly end: number;
  readonly settled: number;
  readonly settledFrame: number;
}

export function finalOf(startSample: number, endSample: number): FinalResult {
  return { startSample, endSample, text: 'a' };
}

export class BookedTape {
  readonly tape: Tape;
  readonly ledger: Ledger;
  readonly settlement: Settlement;
  readonly said: Said[] = [];
  readonly booked: { [F in Fate | 'received' | 'revised']: number } = {
    received: 0,
    revised: 0,
    transcribed: 0,
    silent: 0,
    released: 0,
    overrun: 0,
    upstream: 0,
  };
  /** Called with each message, while it is said. */
  onSaid: (said: Said) => void = () => undefined;
  #index = 0;

  /** `lead`: how much of what is settled is heard again, in samples. */
  constructor(from?: TapeStart, lead = 0) {
    this.tape = new Tape(from);
    this.ledger = new Ledger({
      received: (samples) => {
        this.booked.received += samples;
      },
      settled: (fate, samples) => {
        this.booked[fate] += samples;
      },
      revised: (samples) => {
        this.booked.revised += samples;
      },
    });
    this.settlement = new Settlement({
      tape: this.tape,
      ledger: this.ledger,
      leadSamples: lead,
      from: from && { ...from, lead, said: '-' },
      events: {
        onFinal: ({ startSample, endSample }) => this.#say('final', startSample, endSample),
        onGap: (start, end, reason) => this.#say(reason, start, end),
      },
    });
  }

  /** `what start-end`, in the order of being said. */
  get lines(): string[] {
    return this.said.map(({ what, start, end }) => `${what} ${start}-${end}`);
  }

  /** One frame, all of which is on the tape. */
  frame(samples: number, arrivedMs = 0): void {
    this.ledger.receive(samples);
    this.tape.appendAudio(new Uint8Array(samples), samples, arrivedMs);
  }

  /** A frame that the window refused. */
  overrun(samples: number): void {
    this.ledger.receive(samples);
    this.ledger.settle('overrun', samples);
    this.tape.appendGap('overrun', samples, 1);
  }

  clientGap(samples: number, frames = 1): void {
    this.ledger.miss(samples);
    this.tape.appendGap('client', samples, frames);
  }

  /** Reads up to `entries` entries of those that are kept, and gives them. */
  read(entries = Number.POSITIVE_INFINITY): Entry[] {
    const read: Entry[] = [];
    while (read.length < entries) {
      const index = Math.max(this.#index, this.tape.startIndex);
      const entry = this.tape.at(index);
      if (entry === undefined) break;
      read.push(entry);
      this.#index = index + 1;
      this.settlement.pass(this.#index, entry.start + entry.samples);
    }
    return read;
  }

  /** What isn't settled is read again. */
  rewind(): void {
    this.#index = this.tape.indexAt(this.settlement.settled);
  }

  #say(what: Said['what'], start: number, end: number): void {
    const { settled } = this.settlement;
    const said = { what, start, end, settled, settledFrame: this.tape.goneFrame };
    this.said.push(said);
    this.onSaid(said);
  }
}
