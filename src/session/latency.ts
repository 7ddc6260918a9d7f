/**
 * Latency: how long after its audio came a text is known, measured on the tape.
 */
import type { Clock } from '../clock.ts';
import type { FinalResult, InterimResult } from '../speech/recognizer.ts';
import type { Tape } from './tape.ts';

/** Where latencies are counted, in seconds. */
interface Counted {
  readonly firstInterim: { observe(seconds: number): void };
  readonly interim: { observe(seconds: number): void };
  readonly final: { observe(seconds: number): void };
}

export class Latency {
  readonly #metrics: Counted;
  readonly #tape: Tape;
  readonly #clock: Clock;
  /** The end of the last final: an interim that begins after it is an utterance's first. */
  #saidUpTo = -1;

  constructor(metrics: Counted, tape: Tape, clock: Clock) {
    this.#metrics = metrics;
    this.#tape = tape;
    this.#clock = clock;
  }

  interim(interim: InterimResult): void {
    this.#observe(this.#metrics.interim, interim.endSample);
    if (interim.startSample < this.#saidUpTo) return;
    this.#observe(this.#metrics.firstInterim, interim.startSample + 1);
    this.#saidUpTo = interim.endSample;
  }

  /** Call before it is settled: the tape still knows when its audio came. */
  final(final: FinalResult): void {
    this.#saidUpTo = final.endSample;
    this.#observe(this.#metrics.final, final.endSample);
  }

  #observe(latency: Counted['final'], sample: number): void {
    const arrivedMs = this.#tape.arrivedMs(sample);
    if (arrivedMs === undefined) return;
    latency.observe((this.#clock.nowMs() - arrivedMs) / 1000);
  }
}
