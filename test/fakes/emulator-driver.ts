/**
 * EmulatorDriver: a driver of the Google recognizer on the in-process emulator, for virtual time.
 */
import type { Clock } from '../../src/clock.ts';
import type { Driver, DriverCall, DriverEvents, Opening } from '../../src/speech/google/driver.ts';
import type { InProcess } from '../emulator/in-process.ts';

/** How long audio takes to leave. */
const LEAVE_MS = 1;

export class EmulatorDriver implements Driver {
  readonly #channel: ReturnType<InProcess['channel']>;
  readonly #clock: Clock;
  state: 'open' | 'closed' = 'open';

  constructor(front: InProcess, clock: Clock) {
    this.#channel = front.channel();
    this.#clock = clock;
  }

  open({ version, first }: Opening, events: DriverEvents): DriverCall {
    let state: 'open' | 'over' = 'open';
    const isOpen = (): boolean => state === 'open';
    const call = this.#channel.open(version, first, {
      onMessage: (response) => {
        if (isOpen()) events.onMessage(response);
      },
      onEnd: (code, text) => {
        if (!isOpen()) return;
        state = 'over';
        events.onEnd(code, text);
      },
    });
    return {
      write: (audio) => {
        call.write(audio);
        this.#clock.after(LEAVE_MS, () => {
          if (isOpen()) events.onTaken(audio.byteLength);
        });
      },
      halfClose: () => call.halfClose(),
      cancel: () => {
        state = 'over';
        call.cancel();
      },
    };
  }

  async close(): Promise<void> {
    this.state = 'closed';
    await Promise.resolve();
  }
}
