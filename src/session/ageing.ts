/**
 * Ageing: when a stream has lasted long enough to be replaced, and where it is best cut.
 *
 * It looks at the audio on the tape, and only at a stream that is old: a few times an hour.
 */
import type { CutWord } from '../metrics.ts';
import { urgency } from '../speech/rotation.ts';
import { samplesOf } from '../wire/limits.ts';
import type { Cut } from './cuts.ts';
import type { Leg } from './leg.ts';
import { Quiet } from './quiet.ts';
import type { WordTimes } from './relay.ts';
import type { UpstreamParts } from './upstream-parts.ts';

/** A cut: the next stream begins at `from`, and its words at `cut`. Session samples. */
export interface Place {
  readonly how: CutWord;
  readonly from: number;
  readonly cut: number;
}

/** Whether a stream that was cut so is to be followed by another, whoever waits for a slot. */
export function isRotation(how: CutWord | undefined): boolean {
  return how === 'pause' || how === 'hard' || how === 'plain';
}

/** Less than that has no place in its second half where a cut could be, 700 ms before its end. */
const HEARD_MS_MIN = 2_000;

/** Google rounds the times of words to it: one that ends so close to the end of the audio may go on. */
const WAVER_MS = 100;

export class Ageing {
  readonly #parts: UpstreamParts;
  readonly #quiet: Quiet;
  readonly #jitter: number;

  constructor(parts: UpstreamParts) {
    const { tape, config, random } = parts;
    this.#parts = parts;
    this.#quiet = new Quiet(tape, config.encoding, config.sampleRateHertz);
    this.#jitter = random();
  }

  /** Whether the leg's stream is to be cut now: here, in a pause, or wherever is best. */
  due(leg: Leg, nowMs: number): Cut {
    const { recognizer, settlement, config } = this.#parts;
    const need = urgency(recognizer.rotation, nowMs - leg.openedMs, this.#jitter);
    if (need === 'none') return undefined;
    // Cut now, it would have no successor: it may last until another start is left.
    if (need === 'pause' && recognizer.starts?.left === 0) return undefined;
    const from = Math.max(leg.from, settlement.settled);
    if (this.#quiet.isPause(from, leg.reader.at)) return 'pause';
    // One that had no chance to hear much is not cut: it ends at its limit, and is heard again.
    const heard = leg.reader.at - leg.from;
    const isCut = need === 'now' && heard >= samplesOf(HEARD_MS_MIN, config.sampleRateHertz);
    return isCut ? 'settle' : undefined;
  }

  /** How to cut where no audio comes any more: a phone that speaks on, but is not heard, stalls. */
  idle(leg: Leg, wordTimes: WordTimes): Place {
    const { recognizer, settlement, config } = this.#parts;
    const { at } = leg.reader;
    const from = Math.max(leg.from, settlement.settled);
    const isHeard = recognizer.rotation !== undefined && wordTimes !== 'missing';
    const stalls = isHeard && at > from && !this.#quiet.isPause(from, at);
    if (!stalls) return { how: 'idle', from: at, cut: at };
    return { how: 'stall', from: at, cut: at - samplesOf(WAVER_MS, config.sampleRateHertz) };
  }

  /**
   * Where to cut for a device that is lost: words before that place are settled, the rest is heard again.
   * Undefined where words have no times to be told apart by: then all that isn't settled is heard again.
   */
  parting(leg: Leg, wordTimes: WordTimes): Place | undefined {
    const place = wordTimes === 'given' ? this.place(leg, wordTimes) : undefined;
    return place?.how === 'hard' ? place : undefined;
  }

  /**
   * Where to cut in the middle of speech: both streams hear the quietest place, where words can tell
   * them apart. Where they can't, or streams are never replaced by age, it is here, between two samples.
   */
  place(leg: Leg, wordTimes: WordTimes): Place {
    const { at } = leg.reader;
    const overlaps = this.#parts.recognizer.rotation !== undefined && wordTimes !== 'missing';
    // Not in the first half: else streams that live hardly longer than a look back make no headway.
    const half = Math.floor((leg.from + at) / 2);
    const quiet = overlaps ? this.#quiet.quietest(half, at) : undefined;
    return quiet === undefined ? { how: 'plain', from: at, cut: at } : { how: 'hard', ...quiet };
  }
}
