/**
 * Talk parts: what each session has for itself, whose audio it is, and what its audio part tells it.
 */
import type { StreamFault } from '../speech/recognizer.ts';
import type { ServerMessage } from '../wire/message.ts';
import type { Bond, Ticket } from '../wire/ticket.ts';
import type { Line } from './line.ts';
import type { Device } from './surroundings.ts';
/** What a session has for itself, from its first moment. */
export interface Own {
  /** Unless it goes on with another one. */
  readonly id: string;
  /** Name of this process among those that share sessions, and of the session among all that it ever had. */
  readonly holder: string;
  readonly device: Device;
  readonly line: Line;
}

/** Which session it is the audio of. */
export interface Whose {
  readonly session: string;
  readonly holder: string;
  readonly fleet: string;
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
