/**
 * Hearing: what the upstream of a talk says, on its way to the device, the counts, and the session.
 */
import type { Metrics } from '../metrics.ts';
import type { FinalResult, InterimResult, StreamFault } from '../speech/recognizer.ts';
import type { Latency } from './latency.ts';
import type { TalkEvents } from './talk-parts.ts';
import type { Telling } from './telling.ts';
import type { UpstreamEvents } from './upstream-parts.ts';

interface HearingParts {
  readonly metrics: Pick<Metrics, 'billedSeconds' | 'finalsDegraded'>;
  readonly telling: Pick<Telling, 'interim'>;
  readonly latency: Pick<Latency, 'interim' | 'final'>;
  readonly events: TalkEvents;
}

export class Hearing implements UpstreamEvents {
  readonly #parts: HearingParts;
  /** Whether the device was told last that it waits. */
  #waits = false;
  #billedMs = 0;

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  get billedMs(): number {
    return this.#billedMs;
  }

  onQueued(position: number, etaMs: number | null): void {
    this.#waits = position > 0;
    this.#parts.events.send({ type: 'queued', position, etaMs });
  }

  onLive(): void {
    if (this.#waits) this.onQueued(0, 0);
  }

  onBilled(billedMs: number): void {
    this.#parts.metrics.billedSeconds += billedMs / 1000;
    this.#billedMs += billedMs;
  }

  onInterim(interim: InterimResult): void {
    this.#parts.latency.interim(interim);
    this.#parts.telling.interim(interim);
  }

  onFinal(final: FinalResult): void {
    if (final.degraded === true) this.#parts.metrics.finalsDegraded += 1;
    this.#parts.latency.final(final);
  }

  onFinished(): void {
    this.#parts.events.onFinished();
  }

  onRefused(retryAfterMs: number): void {
    this.#parts.events.onRefused(retryAfterMs);
  }

  onFault(fault: StreamFault): void {
    this.#parts.events.onFault(fault);
  }
}
