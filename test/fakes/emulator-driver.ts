/**
 * EmulatorDriver: a driver of the Google recognizer on the in-process emulator, for virtual time.
 */
import type { Driver, DriverCall, DriverEvents, Opening } from '../../src/speech/google/driver.ts';
import type { InProcess } from '../emulator/in-process.ts';

export class EmulatorDriver implements Driver {
  readonly #channel: ReturnType<InProcess['channel']>;
  state: 'open' | 'closed' = 'open';

  constructor(front: InProcess) {
    this.#channel = front.channel();
  }

  open({ version, first }: Opening, events: DriverEvents): DriverCall {
    let state: 'open' | 'over' = 'open';
    const isOpen = (): boolean => state === 'open';
    const call = this.#channel.open(version, first, {
      onMessage: (response) => {
        if (isOpen()) events.onMessage(response);
      },
      onTaken: (bytes) => {
        if (isOpen()) events.onTaken(bytes);
      },
      onEnd: (code, text) => {
        if (!isOpen()) return;
        state = 'over';
        events.onEnd(code, text);
      },
    });
    return {
      write: (audio) => call.write(audio),
      halfClose: () => call.halfClose(),
      cancel: () => {
        state = 'over';
        call.cancel();
      },
    };
  }

  /** The connection is gone, as when this process dies. */
  cut(): void {
    this.#channel.cut();
  }

  async close(): Promise<void> {
    this.state = 'closed';
    await Promise.resolve();
  }
}
