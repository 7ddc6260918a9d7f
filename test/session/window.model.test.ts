import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowLimits } from '../../src/session/window.ts';
import { TapeBudget, Window } from '../../src/session/window.ts';
import { samplesOf } from '../../src/wire/limits.ts';

const LIMITS: WindowLimits = { windowMs: 500, tapeMsMax: 2_000, frameMsMax: 100 };
const SESSIONS = 3;

type What = 'send' | 'arrive' | 'settle' | 'offer' | 'hand' | 'read';

/** What happens to a session next; `n` says how much of it. */
const STEP = fc.record({
  session: fc.nat(SESSIONS - 1),
  what: fc.constantFrom<What>('send', 'arrive', 'settle', 'offer', 'hand', 'read'),
  n: fc.integer({ min: 1, max: 100 }),
});
interface Offer {
  readonly received: number;
  readonly windowMs: number;
}

/** A server's window, and a device that goes by it; everything between them is on its way. */
class Talk {
  readonly window: Window;
  readonly #rate: number;
  readonly #frames: number[] = [];
  readonly #acks: Offer[] = [];
  held = 0;
  /** Made, and not yet taken by the socket: the next one replaces it. */
  #waiting: Offer | undefined;
  #known: Offer = { received: 0, windowMs: 0 };
  #sent = 0;

  constructor(budget: TapeBudget, rate: number) {
    this.#rate = rate;
    this.window = new Window(budget, LIMITS, rate, 1);
  }

  take(what: What, samples: number): void {
    switch (what) {
      case 'send':
        if (this.#may(samples)) this.#frames.push(samples);
        else return;
        this.#sent += samples;
        break;
      case 'arrive':
        this.#arrive();
        break;
      case 'settle':
        this.held = Math.max(0, this.held - samples);
        this.window.reserve(this.held);
        break;
      case 'offer':
        this.#waiting = {
          windowMs: this.window.offer(this.held),
          received: this.window.received,
        };
        break;
      case 'hand':
        this.#hand();
        break;
      case 'read':
        this.#read();
    }
  }

  /** The rule of the protocol, as a device applies it. */
  #may(samples: number): boolean {
    const { received, windowMs } = this.#known;
    if (windowMs === 0) return false;
    const outstanding = this.#sent - received;
    return outstanding === 0 || outstanding + samples <= samplesOf(windowMs, this.#rate);
  }

  #arrive(): void {
    const samples = this.#frames.shift();
    if (samples === undefined) return;
    expect(this.window.admits(samples)).toBe(true);
    this.window.take(samples);
    this.held += samples;
    this.window.reserve(this.held);
  }

  #hand(): void {
    const offer = this.#waiting;
    if (offer === undefined) return;
    this.#waiting = undefined;
    this.window.handed(offer.windowMs, offer.received);
    this.window.reserve(this.held);
    this.#acks.push(offer);
  }

  #read(): void {
    const ack = this.#acks.shift();
    if (ack === undefined) return;
    const edge = ({ received, windowMs }: Offer): number =>
      received + samplesOf(windowMs, this.#rate);
    const isAlone = ack.received > edge(this.#known);
    if (!isAlone) expect(edge(ack)).toBeGreaterThanOrEqual(edge(this.#known));
    this.#known = ack;
  }

  /** Lets all that is on its way arrive. */
  calm(): void {
    while (this.#frames.length > 0) this.#arrive();
    this.held = 0;
    this.take('offer', 0);
    this.#hand();
    while (this.#acks.length > 0) this.#read();
  }

  get knownMs(): number {
    return this.#known.windowMs;
  }
}

/** `isExact` where all lengths are whole milliseconds: else an ack may round up its promise by less than one. */
function play(
  rate: number,
  bytesMax: number,
  steps: { session: number; what: What; n: number }[],
  samplesIn: (n: number) => number,
  isExact: boolean,
): void {
  const budget = new TapeBudget(bytesMax);
  const talks = Array.from({ length: SESSIONS }, () => new Talk(budget, rate));
  for (const { session, what, n } of steps) {
    talks[session]?.take(what, samplesIn(n));
    const held = talks.reduce((sum, talk) => sum + talk.held, 0);
    expect(budget.used).toBeGreaterThanOrEqual(held);
    if (isExact) expect(budget.used).toBeLessThanOrEqual(bytesMax);
  }
  for (const talk of talks) talk.calm();
  for (const talk of talks.slice(1)) talk.window.release();
  talks[0]?.calm();
  const aloneMs = Math.floor(((bytesMax * 1000) / rate) * 0.2);
  if (aloneMs > 1_000) expect(talks[0]?.knownMs).toBeGreaterThan(0);
}

describe('Window with devices that go by it', () => {
  it('refuses nothing that was sent inside it and keeps to the budget, whatever crosses on the way', () => {
    const bytesMax = fc.integer({ min: 1_000, max: 14_000 });
    fc.assert(
      fc.property(bytesMax, fc.array(STEP, { maxLength: 200, size: 'max' }), (bytes, steps) => {
        play(8_000, bytes, steps, (n) => 8 * n, true);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses nothing that was sent inside it at any rate, with frames of any length', () => {
    const rate = fc.integer({ min: 8_000, max: 48_000 });
    fc.assert(
      fc.property(rate, fc.array(STEP, { maxLength: 200, size: 'max' }), (hertz, steps) => {
        play(hertz, 60_000, steps, (n) => Math.floor((n * hertz) / 1000), false);
        play(hertz, 60_000, steps, (n) => n, false);
      }),
      { numRuns: 200 },
    );
  });
});
