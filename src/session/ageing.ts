/**
 * Ageing: when a stream has lasted long enough to be replaced, and where it is best cut.
 *
 * It looks at the audio on the tape, and only at a stream that is old: a few times an hour.
 */
import { urgency } from '../speech/rotation.ts';
import type { Cut } from './cuts.ts';
import type { Leg } from './leg.ts';
import type { QuietPlace } from './quiet.ts';
import { Quiet } from './quiet.ts';
import type { UpstreamParts } from './upstream-parts.ts';

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
    const { recognizer, settlement } = this.#parts;
    const need = urgency(recognizer.rotation, nowMs - leg.openedMs, this.#jitter);
    if (need === 'none') return undefined;
    const from = Math.max(leg.from, settlement.settled);
    if (this.#quiet.isPause(from, leg.reader.at)) return 'cut';
    return need === 'now' ? 'settle' : undefined;
  }

  /** Where to cut in the middle of speech; undefined where streams are never replaced by age. */
  place(leg: Leg): QuietPlace | undefined {
    const isRotated = this.#parts.recognizer.rotation !== undefined;
    return isRotated ? this.#quiet.quietest(leg.from, leg.reader.at) : undefined;
  }
}
