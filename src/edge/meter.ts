/**
 * Meters: how much audio came with each token that limits it (pure).
 *
 * A device may connect several times with one token, at once or in turn: all that counts together. What
 * a token has used is known until it has expired. Each process counts for itself.
 */
import type { Visitor } from './claims.ts';

export interface Meter {
  /** Adds to what was used, and says how much that is in all, in ms. */
  add(ms: number): number;
}

interface Used extends Meter {
  readonly untilMs: number;
}

/** Tokens at once; for one more there is no room until others have expired. */
const METERS_MAX = 100_000;
/** After it has expired a token may still be taken for a moment, since clocks differ. */
const SPARE_MS = 60_000;
const LOOK_MS_MIN = 60_000;

export class Meters {
  readonly #used = new Map<string, Used>();
  /** When it was last looked who has expired. */
  #lookedMs = Number.NEGATIVE_INFINITY;

  /** Undefined: the visitor's token limits no audio. `full`: there are too many that do. `wallMs` since 1970. */
  of({ device, terms }: Visitor, wallMs: number): Meter | undefined | 'full' {
    if (terms?.audioMsMax === undefined) return undefined;
    const name = JSON.stringify([device.fleet, device.id, terms.expiresMs]);
    const known = this.#used.get(name);
    if (known !== undefined) return known;
    if (this.#used.size >= METERS_MAX) this.#forget(wallMs);
    if (this.#used.size >= METERS_MAX) return 'full';
    const meter = newMeter(terms.expiresMs + SPARE_MS);
    this.#used.set(name, meter);
    return meter;
  }

  /** Looks through all, which takes too long to be done for each who comes. */
  #forget(wallMs: number): void {
    if (Math.abs(wallMs - this.#lookedMs) < LOOK_MS_MIN) return;
    this.#lookedMs = wallMs;
    for (const [name, { untilMs }] of this.#used) if (untilMs < wallMs) this.#used.delete(name);
  }
}

function newMeter(untilMs: number): Used {
  let usedMs = 0;
  return {
    untilMs,
    add: (ms) => {
      usedMs += ms;
      return usedMs;
    },
  };
}
