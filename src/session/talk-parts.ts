/**
 * Talk parts: what the audio part of a session works with, and what it tells the session.
 */
import type { StreamFault } from '../speech/recognizer.ts';
import type { ServerMessage } from '../wire/message.ts';
import type { Bond, Ticket } from '../wire/ticket.ts';
import type { Device, Surroundings } from './surroundings.ts';

export interface TalkParts extends Surroundings {
  readonly device: Device;
}

/** Which session it is the audio of. */
export interface Whose {
  readonly session: string;
  /** What its tokens are bound to. */
  readonly bond: Bond;
  /** Where another process left off, when this one has taken the session over. */
  readonly from: Ticket | undefined;
}

export interface TalkEvents {
  send(message: ServerMessage): void;
  onFinished(): void;
  onRefused(retryAfterMs: number): void;
  onFault(fault: StreamFault): void;
}
