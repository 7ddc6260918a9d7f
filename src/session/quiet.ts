/**
 * Quiet: where on the tape it is quietest, and whether it is quiet now.
 *
 * Looks at the audio itself, and only when a stream is about to be replaced: a few times an hour.
 */
import type { Encoding } from '../wire/limits.ts';
import type { Tape } from './tape.ts';

/** Loudness is taken over steps of this many milliseconds. */
const STEP_MS = 10;
/** At a hard cut: how far back to look, how near to now a cut may be, how long the quiet must be. */
const CUT = { lookMs: 3_000, aheadMs: 700, quietMs: 100 } as const;
/** A pause is this long, and this much quieter than the loudest of the look back. */
const PAUSE = { ms: 300, share: 0.05 } as const;

/** The quietest stretch: a new stream begins at `from`, its words at `cut`. Session samples. */
export interface QuietPlace {
  readonly from: number;
  readonly cut: number;
}

export class Quiet {
  readonly #tape: Tape;
  readonly #encoding: Encoding;
  readonly #rate: number;

  constructor(tape: Tape, encoding: Encoding, sampleRateHertz: number) {
    this.#tape = tape;
    this.#encoding = encoding;
    this.#rate = sampleRateHertz;
  }

  /** Where to cut speech that makes no pause, between `from` and `now`; undefined if it is too short. */
  quietest(from: number, now: number): QuietPlace | undefined {
    const half = this.#samples(CUT.quietMs / 2);
    const end = now - this.#samples(CUT.aheadMs) + half;
    const powers = this.#powers(Math.max(from, now - this.#samples(CUT.lookMs)), end);
    const width = CUT.quietMs / STEP_MS;
    if (powers.length < width) return undefined;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at + width <= powers.length; at++) {
      const sum = powers.slice(at, at + width).reduce((total, power) => total + power, 0);
      if (sum > least) continue;
      least = sum;
      best = at;
    }
    const start = end - (powers.length - best) * this.#samples(STEP_MS);
    return { from: start, cut: start + half };
  }

  /** Whether the last 300 ms before `now` are a pause in what came since `from`. */
  isPause(from: number, now: number): boolean {
    const powers = this.#powers(Math.max(from, now - this.#samples(CUT.lookMs)), now);
    const quiet = PAUSE.ms / STEP_MS;
    if (powers.length < quiet) return false;
    const loudest = Math.max(...powers);
    return powers.slice(-quiet).every((power) => power <= loudest * PAUSE.share ** 2);
  }

  /** The power of each step up to `end`, oldest first; a gap counts as silence. */
  #powers(from: number, end: number): number[] {
    const step = this.#samples(STEP_MS);
    const sums = new Array<number>(Math.max(0, Math.floor((end - from) / step))).fill(0);
    const base = end - sums.length * step;
    for (const entry of this.#tape.before(end)) {
      if (entry.kind !== 'audio') continue;
      const read = reader(entry.audio, this.#encoding);
      const first = Math.max(0, base - entry.start);
      const last = Math.min(entry.samples, end - entry.start);
      for (let n = first; n < last; n++) {
        const at = Math.floor((entry.start + n - base) / step);
        sums[at] = (sums[at] ?? 0) + read(n) ** 2;
      }
    }
    return sums;
  }

  #samples(ms: number): number {
    return Math.floor((ms * this.#rate) / 1000);
  }
}

function reader(audio: Uint8Array, encoding: Encoding): (sample: number) => number {
  if (encoding === 'MULAW') return (n) => mulaw(audio[n] ?? 0xff);
  const view = new DataView(audio.buffer, audio.byteOffset, audio.byteLength);
  return (n) => view.getInt16(n * 2, true);
}

/** ITU-T G.711, as a 16-bit sample. */
function mulaw(byte: number): number {
  const inverted = ~byte & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4);
  return (inverted & 0x80) === 0 ? magnitude - 0x84 : 0x84 - magnitude;
}
