/**
 * ClaimRig: sessions that claim slots, starts and overlaps of the same process.
 */
import { strict as assert } from 'node:assert';
import { Claim } from '../../src/session/claim.ts';
import { Overlaps } from '../../src/speech/overlaps.ts';
import { Slots } from '../../src/speech/slots.ts';
import { Starts } from '../../src/speech/starts.ts';
import { FakeClock } from './fake-clock.ts';
import { HandRecognizer } from './hand-recognizer.ts';

interface Limits {
  readonly slotsMax: number;
  readonly queueMax?: number;
  readonly overlapsMax?: number;
  readonly startsPerMinuteMax?: number;
}

/** Sessions that claim of the same slots. */
export class ClaimRig {
  readonly clock = new FakeClock();
  readonly slots: Slots;
  readonly overlaps: Overlaps;
  readonly starts: Starts;
  /** What each was told, in order: `name: what`. */
  readonly told: string[] = [];
  /** Places that repeat the one before are not counted. */
  readonly #tell = (what: string): void => {
    if (this.told.at(-1) !== what) this.told.push(what);
  };

  constructor({ slotsMax, queueMax = 10, overlapsMax = 1, startsPerMinuteMax }: Limits) {
    this.starts = new Starts(this.clock, startsPerMinuteMax);
    const limits = { slotsMax, queueMax, waitMsMax: 90_000 };
    this.slots = new Slots(limits, this.clock, undefined, this.starts);
    this.overlaps = new Overlaps(overlapsMax, this.starts);
  }

  claim(name: string, settled = 0): Claim {
    const { clock, slots, overlaps, starts } = this;
    const recognizer = Object.assign(new HandRecognizer(), { starts });
    return new Claim(
      { clock, slots, overlaps, recognizer, settlement: { settled }, fleet: 'a' },
      {
        onGranted: () => this.#tell(`${name}: granted`),
        leftMs: () => undefined,
        onQueued: (position) => this.#tell(`${name}: queued ${position}`),
        onRefused: () => this.#tell(`${name}: refused`),
      },
    );
  }

  /** A claim whose stream has started. */
  async live(name: string): Promise<Claim> {
    const claim = this.claim(name);
    claim.mayStart();
    await this.clock.advance(0);
    assert(claim.mayStart());
    return claim;
  }
}
