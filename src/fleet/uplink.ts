/**
 * Uplink: a worker's way to its supervisor.
 */
import type { FromWorker, ToWorker } from './messages.ts';

export interface Uplink {
  /** Resolves when the message is on its way, or the supervisor is gone. */
  send(message: FromWorker): Promise<void>;
}

export interface UplinkEvents {
  onMessage(message: ToWorker): void;
  /** The supervisor is gone. */
  onLost(): void;
}

/** The channel of this process, which its supervisor started. */
export function uplinkOf(events: UplinkEvents): Uplink {
  process.on('message', (message) => events.onMessage(message as ToWorker));
  process.once('disconnect', () => events.onLost());
  return {
    send: (message) =>
      new Promise((resolve) => {
        if (process.send === undefined || !process.connected) resolve();
        else process.send(message, undefined, undefined, () => resolve());
      }),
  };
}
