import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Said } from '../fakes/booked-tape.ts';
import { BookedTape, finalOf } from '../fakes/booked-tape.ts';

const SIZE = fc.integer({ min: 1, max: 20 });
/** Per cent of what may be chosen; often the last. */
const SHARE = fc.oneof(fc.nat(99), fc.constant(99.999));
const STEP = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('frame' as const), n: SIZE }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('clientGap' as const), n: SIZE, frames: SIZE }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('overrun' as const), n: SIZE }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('finalize' as const, 'audioId') }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('read' as const), n: SIZE }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rewind' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('final' as const),
      from: SHARE,
      to: SHARE,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('silence' as const), to: SHARE }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('giveUp' as const) }) },
);
type Step = typeof STEP extends fc.Arbitrary<infer S> ? S : never;

type Fate = 'silent' | 'transcribed' | 'upstream' | 'reported';

/** The same, sample by sample, in the simplest way there is. */
class Model {
  readonly booked = new BookedTape();
  readonly #kinds: ('audio' | 'client' | 'overrun')[] = [];
  readonly #fates: (Fate | undefined)[] = [];
  /** Where each frame number ends. */
  readonly #numbers: { readonly number: number; readonly end: number }[] = [];
  readonly #frames: { readonly end: number; readonly samples: number }[] = [];
  #number = 0;
  #missing = 0;
  #furthestRead = 0;
  /** What the stream of now has heard: [from, heard); no result begins before #free. */
  #heard = 0;
  #free = 0;
  #reported = 0;

  constructor() {
    this.booked.onSaid = (said) => this.#hear(said);
  }

  take(step: Step): void {
    const { tape, settlement } = this.booked;
    const settledBefore = settlement.settled;
    switch (step.do) {
      case 'frame':
        this.booked.frame(step.n);
        this.#append('audio', step.n, 1);
        this.#frames.push({ end: tape.end, samples: step.n });
        break;
      case 'clientGap':
        this.booked.clientGap(step.n, step.frames);
        this.#append('client', step.n, step.frames);
        this.#missing += step.n;
        break;
      case 'overrun':
        this.booked.overrun(step.n);
        this.#append('overrun', step.n, 1);
        break;
      case 'finalize':
      case 'audioId':
        tape.appendMarker(step.do);
        break;
      case 'read':
        this.#read(step.n);
        break;
      case 'rewind':
        this.booked.rewind();
        this.#heard = settlement.settled;
        this.#free = Math.max(this.#free, settlement.settled);
        break;
      case 'final':
        this.#final(step.from, step.to);
        break;
      case 'silence':
        this.#silence(step.to);
        break;
      case 'giveUp':
        this.#read(Number.POSITIVE_INFINITY);
        settlement.giveUp(tape.end);
        this.#free = tape.end;
    }
    expect(settlement.settled).toBeGreaterThanOrEqual(settledBefore);
    this.check();
  }

  #append(kind: 'audio' | 'client' | 'overrun', samples: number, numbers: number): void {
    for (let n = 0; n < samples; n++) this.#kinds.push(kind);
    this.#number += numbers;
    this.#numbers.push({ number: this.#number, end: this.#kinds.length });
  }

  #read(entries: number): void {
    for (const entry of this.booked.read(entries)) {
      const end = entry.start + entry.samples;
      if (entry.kind === 'audio') this.#heard = end;
      this.#furthestRead = Math.max(this.#furthestRead, end);
    }
  }

  /** The samples that a result of the stream may begin or end with. */
  #heardAudio(): number[] {
    const places: number[] = [];
    for (let at = this.#free; at < this.#heard; at++) {
      if (this.#kinds[at] === 'audio') places.push(at);
    }
    return places;
  }

  #final(from: number, to: number): void {
    const places = this.#heardAudio();
    const start = places[Math.floor((Math.min(from, to) * places.length) / 100)];
    const last = places[Math.floor((Math.max(from, to) * places.length) / 100)];
    if (start === undefined || last === undefined) return;
    this.#outcome(this.booked.settlement.settled, start, 'silent');
    this.#outcome(start, last + 1, 'transcribed');
    this.#free = last + 1;
    this.booked.settlement.final(finalOf(start, last + 1));
  }

  #silence(to: number): void {
    const places = this.#heardAudio();
    const last = places[Math.floor((to * places.length) / 100)];
    if (last === undefined) return;
    this.#outcome(this.booked.settlement.settled, last + 1, 'silent');
    this.booked.settlement.silence(last + 1);
  }

  #outcome(start: number, end: number, fate: Fate): void {
    for (let at = start; at < end; at++) {
      const may = this.#fates[at] === undefined || this.#fates[at] === 'silent';
      if (this.#kinds[at] === 'audio' && may) this.#fates[at] = fate;
    }
  }

  /** Every gap once, in its place and with its reason; a final after the gaps in it. */
  #hear(said: Said): void {
    if (said.what === 'final') {
      expect(this.#unreportedBefore(said.end)).toBe(0);
      const isLate = said.end < said.settled;
      if (!isLate) expect(this.#reported).toBeLessThanOrEqual(said.end);
    } else {
      expect(said.start).toBeGreaterThanOrEqual(this.#reported);
      expect(said.end).toBeGreaterThan(said.start);
      this.#reported = said.end;
      const isUpstream = said.what === 'upstream';
      const kind = isUpstream ? 'audio' : said.what;
      for (let at = said.start; at < said.end; at++) {
        if (this.#fates[at] !== undefined || this.#kinds[at] !== kind) {
          throw new Error(`${said.what} reported for ${this.#kinds[at]} ${this.#fates[at]}`);
        }
        this.#fates[at] = isUpstream ? 'upstream' : 'reported';
      }
    }
    expect(this.#firstOpen()).toBeGreaterThanOrEqual(said.settled);
    expect(said.settledFrame).toBe(this.#settledFrame(said.settled));
  }

  /** The first sample without an outcome. */
  #firstOpen(): number {
    let at = 0;
    while (at < this.#kinds.length && this.#fates[at] !== undefined) at += 1;
    return at;
  }

  #unreportedBefore(end: number): number {
    const unreported = (kind: string, at: number): boolean =>
      at < end && kind !== 'audio' && this.#fates[at] === undefined;
    return this.#kinds.filter(unreported).length;
  }

  #settledFrame(settled: number): number {
    return this.#numbers.findLast(({ end }) => end <= settled)?.number ?? 0;
  }

  #count(fate: Fate | undefined): number {
    return this.#kinds.filter((kind, at) => kind === 'audio' && this.#fates[at] === fate).length;
  }

  check(): void {
    const { tape, ledger, settlement, booked } = this.booked;
    const { settled } = settlement;
    const overrun = this.#kinds.filter((kind) => kind === 'overrun').length;
    const sums = ledger.sums();
    expect(sums).toEqual({
      received: this.#kinds.filter((kind) => kind === 'audio').length + overrun,
      transcribed: this.#count('transcribed'),
      silent: this.#count('silent'),
      dropped: { overrun, upstream: this.#count('upstream') },
      released: 0,
      unsettled: this.#count(undefined),
      missing: this.#missing,
    });
    expect(booked).toEqual({
      received: sums.received,
      revised: booked.revised,
      transcribed: sums.transcribed - booked.revised,
      silent: sums.silent + booked.revised,
      released: 0,
      ...sums.dropped,
    });
    expect(this.#firstOpen()).toBeGreaterThanOrEqual(settled);
    // What stands still at a gap has not been read.
    if (this.#kinds[settled] !== 'audio' && settled < tape.end) {
      expect(this.#furthestRead).toBeLessThanOrEqual(settled);
    }
    expect(tape.end).toBe(this.#kinds.length);
    expect(tape.frame).toBe(this.#number);
    expect(tape.goneFrame).toBe(this.#settledFrame(settled));
    const held = this.#frames.filter(({ end }) => end > settled);
    const heldSamples = held.reduce((sum, { samples }) => sum + samples, 0);
    expect([tape.heldSamples, tape.heldBytes]).toEqual([heldSamples, heldSamples]);
    expect(tape.audioBetween(settled, tape.end)).toBe(sums.unsettled);
  }
}

describe('Settlement with Tape, Ledger and Reader', () => {
  it('gives every sample one outcome, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 60, size: 'max' }), (steps) => {
        const model = new Model();
        for (const step of steps) model.take(step);
      }),
      { numRuns: 150 },
    );
  });

  it('ends with nothing unsettled and nothing more to say once it is released', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 40, size: 'max' }), (steps) => {
        const model = new Model();
        for (const step of steps) model.take(step);
        const { ledger, settlement, tape, said } = model.booked;
        const { unsettled, ...before } = ledger.sums();
        const count = said.length;
        settlement.release();
        settlement.pass(tape.endIndex, tape.end);
        settlement.silence(tape.end);
        settlement.giveUp(tape.end);
        settlement.release();
        expect(ledger.sums()).toEqual({ ...before, released: unsettled, unsettled: 0 });
        expect(said.length).toBe(count);
      }),
      { numRuns: 60 },
    );
  });
});
