/**
 * Timeline: places in one recognizer stream, as places in the session.
 *
 * A stream counts samples from its own first one and hears no gap; the session counts from its
 * beginning, and a gap takes time in it. So the mapping is a list of runs, each without a gap:
 *
 *   stream   0 ───────── 800 ──────── 2000
 *   session  4000 ───── 4800 ┄gap┄ 6400 ──── 7600
 */
import { strict as assert } from 'node:assert';

/** Runs that are kept though they are settled: a late final over silence may still lie in one. */
const SETTLED_RUNS_MAX = 64;

interface Run {
  readonly stream: number;
  readonly session: number;
  samples: number;
}

export class Timeline {
  readonly #runs: Run[] = [];
  /** The last of them: with each frame it is looked at, and no other. */
  #newest: Run | undefined;
  #heard = 0;

  /** Says that the stream's next `samples` are those at `session`; never before an earlier one. */
  hear(session: number, samples: number): void {
    const last = this.#newest;
    if (last !== undefined && last.session + last.samples === session) {
      last.samples += samples;
    } else {
      assert(last === undefined || session > last.session + last.samples);
      this.#newest = { stream: this.#heard, session, samples };
      this.#runs.push(this.#newest);
    }
    this.#heard += samples;
  }

  /** Samples that the stream has been given. */
  get heard(): number {
    return this.#heard;
  }

  /** Where in the session the audio heard so far ends, or undefined before the first sample. */
  get end(): number | undefined {
    const last = this.#newest;
    return last && last.session + last.samples;
  }

  /** Where in the session something that begins at `stream` begins: after a gap, not before it. */
  startAt(stream: number): number {
    return this.#at(stream, (run) => run.stream <= stream);
  }

  /** Where in the session something that ends at `stream` ends: before a gap, not after it. */
  endAt(stream: number): number {
    return this.#at(stream, (run) => run.stream < stream);
  }

  #at(stream: number, covers: (run: Run) => boolean): number {
    const run = this.#runs.findLast(covers) ?? this.#runs[0];
    if (run === undefined) return 0;
    const into = Math.max(0, Math.min(stream, this.#heard) - run.stream);
    return run.session + Math.min(into, run.samples);
  }

  /** Forgets the runs that end at or before `session`, but the newest SETTLED_RUNS_MAX of all. */
  forget(session: number): void {
    while (this.#runs.length > SETTLED_RUNS_MAX) {
      const first = this.#runs[0];
      if (first === undefined || first.session + first.samples > session) return;
      this.#runs.shift();
    }
  }
}
