/**
 * Surroundings: what a session stands on, and where its messages go.
 *
 * Everything a session needs comes in here, so that a test can give it other ones.
 */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Overlaps } from '../speech/overlaps.ts';
import type { Recognizer } from '../speech/recognizer.ts';
import type { Slots } from '../speech/slots.ts';
import type { CloseWord } from '../wire/close.ts';
import type { ServerMessage } from '../wire/message.ts';
import type { Tickets } from '../wire/ticket.ts';
import type { TapeBudget } from './window.ts';

/** Where a session's messages go: one socket. */
export interface Sink {
  /** False: the device reads too slowly, and this was not taken. */
  send(message: ServerMessage): boolean;
  /** Closes once all that was sent has gone out. Nothing is sent after. */
  close(code: number, reason: string): void;
}

export interface Device {
  readonly id: string;
  readonly fleet: string;
}

/** What all sessions of a process share. */
export interface Surroundings {
  readonly clock: Clock;
  /** 0..1 */
  readonly random: () => number;
  readonly config: Config;
  readonly recognizer: Recognizer;
  readonly slots: Slots;
  readonly overlaps: Overlaps;
  readonly budget: TapeBudget;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly tickets: Tickets;
  /** This process has taken over a session that `holder` had: that one is to release it. */
  readonly onTaken: (session: string, holder: string) => void;
  /** Whether this process is on its way out. */
  readonly isDraining: () => boolean;
}

export interface Reason {
  readonly code: CloseWord;
  readonly message: string;
  readonly retryAfterMs?: number;
}
