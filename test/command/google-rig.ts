/**
 * Google rig: the real server as the command starts it, on Google's own client library, before an
 * emulator of Google behind a port. Real sockets everywhere; only the hands of the clock can be moved.
 */
import type { Clock, Timer } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { serve } from '../../src/command/serve.ts';
import type { Server } from '../../src/command/server.ts';
import { readConfig } from '../../src/config.ts';
import type { Emulator, EmulatorOptions } from '../emulator/emulator.ts';
import { FakeLog } from '../fakes/fake-log.ts';
import { FakeTerminal } from '../fakes/fake-terminal.ts';
import { EmulatorServer, until } from '../speech/google/grpc-rigs.ts';

/** The clock of the process, which a test puts forward. Timers wait as ever. */
class ForwardClock implements Clock {
  #aheadMs = 0;

  nowMs(): number {
    return systemClock.nowMs() + this.#aheadMs;
  }

  wallMs(): number {
    return systemClock.wallMs();
  }

  after(delayMs: number, run: () => void): Timer {
    return systemClock.after(delayMs, run);
  }

  put(aheadMs: number): void {
    this.#aheadMs += aheadMs;
  }
}

export interface Options {
  readonly settings?: Readonly<Record<string, string>>;
  readonly emulator?: EmulatorOptions;
}

export class GoogleRig {
  readonly clock = new ForwardClock();
  readonly log = new FakeLog();
  readonly terminal = new FakeTerminal();
  readonly #google: EmulatorServer;
  #server: Server | undefined;

  private constructor(google: EmulatorServer) {
    this.#google = google;
  }

  static async start({ settings, emulator }: Options = {}): Promise<GoogleRig> {
    const rig = new GoogleRig(await EmulatorServer.start(emulator));
    const { clock, log, terminal } = rig;
    const config = readConfig({
      EARSHOT_PORT: '0',
      EARSHOT_ADMIN_PORT: '0',
      EARSHOT_GOOGLE_ENDPOINT: `127.0.0.1:${rig.#google.front.port}`,
      ...settings,
    });
    const parts = { config, clock, random: () => 0.5, log, terminal, version: '0', env: {} };
    rig.#server = await serve(parts);
    return rig;
  }

  get server(): Server {
    if (this.#server === undefined) throw new Error('the server did not start');
    return this.#server;
  }

  get emulator(): Emulator {
    return this.#google.emulator;
  }

  /** What the admin port answers. */
  async ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${this.server.adminUrl}${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** The value of a series, with its labels as in the text format. */
  async metric(series: string): Promise<number> {
    const { text } = await this.ask('/metrics');
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    if (line === undefined) throw new Error(`there is no series ${series}`);
    return Number(line.slice(series.length));
  }

  /** All sessions have ended; then no stream and no connection is left. */
  async close(): Promise<void> {
    await until(() => this.server.sessions() === 0);
    await this.server.close();
    await this.#google.close();
  }
}
