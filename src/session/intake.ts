/**
 * Intake: what a device sends, on its way to the tape.
 *
 * It counts frames against the window that the device was told, books every sample as received, and
 * says with each ack what may come next. What goes wrong is an answer; the session acts on it.
 */
import type { FrameRule } from '../wire/audio.ts';
import { containerOf, samplesIn } from '../wire/audio.ts';
import type { Fault } from '../wire/fault.ts';
import { samplesOf } from '../wire/limits.ts';
import type { Ack } from '../wire/message.ts';
import type { Told } from './cursor.ts';
import type { Ledger } from './ledger.ts';
import type { Signal, Symptom } from './signal.ts';
import type { Tape } from './tape.ts';
import type { Window } from './window.ts';

/** Audio beyond the window that ends the session, and the quiet time that forgives it. */
const OVERRUN_MS_MAX = 10_000;
const OVERRUN_FORGIVEN_MS = 60_000;
/** Entries that a tape may hold; beyond it, frames are too short to be audio. */
export const TAPE_ENTRIES_MAX = 20_000;

/** What became of a frame: on the tape, perhaps with a symptom; dropped, or a reason to end. */
export type Taken = 'taken' | 'overrun' | Symptom | Fault;

/** What a message says of the window, and what had come when it was made. */
interface Offer {
  readonly message: object;
  readonly windowMs: number;
  readonly received: number;
}

export interface IntakeParts {
  readonly rule: FrameRule;
  readonly tape: Tape;
  readonly ledger: Ledger;
  readonly window: Window;
  readonly signal: Signal;
  /** Samples that come first and were settled in another process: they are kept, and not counted again. */
  readonly skip?: number;
}

export class Intake {
  readonly #rule: FrameRule;
  readonly #tape: Tape;
  readonly #ledger: Ledger;
  readonly #window: Window;
  readonly #signal: Signal;
  #skip: number;
  #overrunMs = 0;
  #overrunAtMs = 0;
  #warnedAtMs = Number.NEGATIVE_INFINITY;
  /** The newest that is on its way: those before it were handed over, or it takes their place. */
  #offer: Offer | undefined;

  constructor({ rule, tape, ledger, window, signal, skip = 0 }: IntakeParts) {
    this.#rule = rule;
    this.#tape = tape;
    this.#ledger = ledger;
    this.#window = window;
    this.#signal = signal;
    this.#skip = skip;
  }

  /** Copies what it keeps of `audio`. */
  frame(audio: Uint8Array, nowMs: number): Taken {
    const tape = this.#tape;
    const ledger = this.#ledger;
    const window = this.#window;
    const samples = samplesIn(audio, this.#rule);
    if (typeof samples !== 'number') return samples;
    const container = tape.frame === 0 ? containerOf(audio) : undefined;
    if (container !== undefined) return container;
    const admitted = window.admits(samples);
    window.take(samples);
    const fresh = samples - this.#skipped(samples);
    ledger.receive(fresh);
    if (!admitted && fresh === samples) return this.#overrun(fresh, nowMs);
    tape.appendAudio(audio, samples, nowMs);
    window.reserve(tape.heldBytes);
    return this.crowded() ?? this.#signal.look(audio, samples) ?? 'taken';
  }

  /** The client lost `ms` of audio, which takes the next `frames` numbers. */
  gap(ms: number, frames: number): void {
    const declared = samplesOf(ms, this.#rule.sampleRateHertz);
    const skipped = this.#skipped(declared);
    this.#tape.skip(skipped);
    this.#ledger.miss(declared - skipped);
    this.#tape.appendGap('client', declared - skipped, frames);
  }

  /** An ack that says so of what is settled, and of streams, for offered() if it is sent. */
  ack({ settled, settledMs, resume }: Told, streams: number): Ack {
    const received = this.#tape.frame;
    const windowMs = this.windowMs();
    return resume === undefined
      ? { type: 'ack', received, settled, settledMs, windowMs, streams }
      : { type: 'ack', received, settled, settledMs, windowMs, streams, resume };
  }

  /** How much of the next `samples` was settled in another process. */
  #skipped(samples: number): number {
    const skipped = Math.min(this.#skip, samples);
    this.#skip -= skipped;
    return skipped;
  }

  windowMs(): number {
    this.#window.reserve(this.#tape.heldBytes);
    return this.#window.offer(this.#tape.heldSamples);
  }

  /** `message` is about to tell the device its window; that counts once it is handed over. */
  offered(message: { readonly windowMs: number }): void {
    const { received } = this.#window;
    this.#offer = { message, windowMs: message.windowMs, received };
  }

  /** `message` was handed to the socket: from now on the device may go by it. */
  handed(message: object): void {
    const offer = this.#offer;
    if (offer?.message !== message) return;
    this.#offer = undefined;
    this.#window.handed(offer.windowMs, offer.received);
    this.#window.reserve(this.#tape.heldBytes);
  }

  /** Drops a frame: nothing is left of it but its place in time. */
  #overrun(samples: number, nowMs: number): Taken {
    this.#ledger.settle('overrun', samples);
    this.#tape.appendGap('overrun', samples, 1);
    if (nowMs - this.#overrunAtMs > OVERRUN_FORGIVEN_MS) this.#overrunMs = 0;
    this.#overrunAtMs = nowMs;
    this.#overrunMs += (samples * 1000) / this.#rule.sampleRateHertz;
    if (this.#overrunMs <= OVERRUN_MS_MAX) return 'overrun';
    return {
      code: 'too_fast',
      message: `more than ${OVERRUN_MS_MAX} ms of audio came beyond the window, expected none: windowMs of the last ack is the limit`,
    };
  }

  /** A fault once the tape holds more entries than audio of a sensible frame length can make. */
  crowded(): Fault | undefined {
    if (this.#tape.length <= TAPE_ENTRIES_MAX) return undefined;
    return {
      code: 'too_fast',
      message: `more than ${TAPE_ENTRIES_MAX} frames and markers are unsettled, expected frames of 20 to 100 ms`,
    };
  }

  /** Whether `too_fast` is worth a warning now: once for each burst. */
  warnsOfOverrun(nowMs: number): boolean {
    const warns = nowMs - this.#warnedAtMs > OVERRUN_MS_MAX;
    if (warns) this.#warnedAtMs = nowMs;
    return warns;
  }
}
