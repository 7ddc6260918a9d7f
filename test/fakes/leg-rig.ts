/**
 * LegRig: one leg before a recognizer whose streams are moved by hand, and what it tells.
 */
import { Metrics } from '../../src/metrics.ts';
import type { Said } from '../../src/session/leg.ts';
import { Leg } from '../../src/session/leg.ts';
import { Pace } from '../../src/session/pace.ts';
import { Reader, Replays } from '../../src/session/reader.ts';
import { Overlaps } from '../../src/speech/overlaps.ts';
import { Slots } from '../../src/speech/slots.ts';
import { BookedTape } from './booked-tape.ts';
import { FakeClock } from './fake-clock.ts';
import { HandRecognizer } from './hand-recognizer.ts';

/** Samples a second, of a byte each. */
export const RATE = 8_000;
const LIMITS = {
  streamIdleMsMax: 8_000,
  settleMsMax: 30_000,
  drainMsMax: 5_000,
  finishMsMax: 10_000,
  holdMsMax: 10_000,
  retriesMax: 5,
  queueWaitMsMax: 30_000,
};
const CONFIG = {
  encoding: 'MULAW' as const,
  sampleRateHertz: RATE,
  languages: ['en-US'],
  interim: true,
  words: true,
  punctuation: true,
  alternatives: 1,
  profanityFilter: false,
  phrases: [],
  model: undefined,
};

/** A leg from `from` on, over a tape of one byte a sample. */
export class LegRig {
  readonly clock = new FakeClock();
  readonly recognizer = new HandRecognizer();
  readonly booked = new BookedTape();
  readonly replays = new Replays();
  readonly said: Said[] = [];
  readonly metrics = new Metrics();
  /** What else it told, in order. */
  readonly told: string[] = [];
  readonly leg: Leg;

  constructor(from = 0, paceBurstMs = 60_000) {
    const nothing = (): void => undefined;
    const parts = {
      clock: this.clock,
      random: () => 0.5,
      recognizer: this.recognizer,
      slots: new Slots({ slotsMax: 1, queueMax: 1, waitMsMax: 1_000 }, this.clock),
      overlaps: new Overlaps(1),
      fleet: 'a',
      config: CONFIG,
      limits: LIMITS,
      pace: new Pace({ paceBurstMs, paceSpeed: 2 }, RATE, 0),
      tape: this.booked.tape,
      settlement: this.booked.settlement,
      metrics: this.metrics,
      events: {
        onQueued: nothing,
        onLive: nothing,
        onBilled: nothing,
        onInterim: nothing,
        onFinal: nothing,
        onFinished: nothing,
        onRefused: nothing,
        onFault: nothing,
      },
    };
    this.leg = new Leg(new Reader(parts.tape, from), parts, this.replays, {
      onSaid: (_, said) => this.said.push(said),
      onDrain: () => this.told.push('drain'),
      onEnded: () => this.told.push('ended'),
      onFailed: (_, { message }) => this.told.push(`failed: ${message}`),
      mayRetry: () => true,
    });
  }

  /** Reads on as far as the leg hears: false where it heard no more. */
  hearAll(): boolean {
    const { reader } = this.leg;
    for (let { entry } = reader; entry !== undefined; { entry } = reader) {
      if (entry.kind !== 'audio') reader.pass(entry);
      else if (!this.leg.hear(entry)) return false;
    }
    return true;
  }

  get bytes(): number[] {
    return this.recognizer.stream.chunks.map(({ byteLength }) => byteLength);
  }
}
