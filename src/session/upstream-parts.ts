/**
 * Upstream parts: what the upstream of a session works with, and what it says.
 */
import type { Clock } from '../clock.ts';
import type { Metrics } from '../metrics.ts';
import type { Overlaps } from '../speech/overlaps.ts';
import type {
  FinalResult,
  InterimResult,
  Recognizer,
  SpeechConfig,
  StreamFault,
} from '../speech/recognizer.ts';
import type { Slots } from '../speech/slots.ts';
import type { Pace } from './pace.ts';
import type { Settlement } from './settlement.ts';
import type { Tape } from './tape.ts';

interface UpstreamLimits {
  /** A stream that is given no audio for so long is finished, and its slot given back. */
  readonly streamIdleMsMax: number;
  /** Unsettled audio that the stream has heard; beyond it the stream is cut. */
  readonly settleMsMax: number;
  /** How long a finished stream may take to end before it is replaced. */
  readonly drainMsMax: number;
  /** How long after its last sample was sent audio may stay unsettled, once no more follows. */
  readonly finishMsMax: number;
  /** How long the results of a stream may wait for those of the one before it. */
  readonly holdMsMax: number;
  /** Streams in a row that may fail without settling anything. */
  readonly retriesMax: number;
  /** How long a session may be refused for a quota without progress. */
  readonly queueWaitMsMax: number;
}

export interface UpstreamEvents {
  onQueued(position: number, etaMs: number | null): void;
  /** The session has a stream; after a refusal for the quota, one that was not refused at once. */
  onLive(): void;
  /** A stream has ended, and so much of what it heard will be paid for. */
  onBilled(billedMs: number): void;
  /** Places are session samples. */
  onInterim(interim: InterimResult): void;
  /** Comes before the settlement hears of it. */
  onFinal(final: FinalResult): void;
  /** `finish` was reached, and all before it is settled. */
  onFinished(): void;
  /** No slot in time, or none to wait for. */
  onRefused(retryAfterMs: number): void;
  /** The recognizer won't serve this session. */
  onFault(fault: StreamFault): void;
}

export interface UpstreamParts {
  readonly clock: Clock;
  /** 0..1, for the jitter of a retry. */
  readonly random: () => number;
  readonly recognizer: Recognizer;
  readonly slots: Slots;
  readonly overlaps: Overlaps;
  readonly fleet: string;
  readonly config: SpeechConfig;
  readonly limits: UpstreamLimits;
  readonly pace: Pace;
  readonly tape: Tape;
  readonly settlement: Settlement;
  readonly metrics: Pick<Metrics, 'relayIn' | 'streams' | 'cuts'>;
  readonly events: UpstreamEvents;
}
