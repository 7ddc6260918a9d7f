/**
 * Worker: a server process in virtual time, with everything real but its sockets. It can be killed.
 */
import type { Clock, Timer } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { newAuth } from '../../src/edge/auth.ts';
import { newDoor } from '../../src/edge/door.ts';
import { Gate } from '../../src/edge/gate.ts';
import type { Door } from '../../src/edge/listener.ts';
import { Overload } from '../../src/edge/overload.ts';
import { Metrics } from '../../src/metrics.ts';
import { Registry } from '../../src/session/registry.ts';
import { TapeBudget } from '../../src/session/window.ts';
import type { Version } from '../../src/speech/google/driver.ts';
import { Overlaps } from '../../src/speech/overlaps.ts';
import type { RotationPolicy } from '../../src/speech/rotation.ts';
import { Slots } from '../../src/speech/slots.ts';
import type { Tickets } from '../../src/wire/ticket.ts';
import type { InProcess } from '../emulator/in-process.ts';
import type { Random } from '../emulator/random.ts';
import { EmulatorDriver } from '../fakes/emulator-driver.ts';
import { recognizerOf } from '../speech/google/rigs.ts';

/** A clock whose timers die with the process. */
class MortalClock implements Clock {
  readonly #clock: Clock;
  #state: 'alive' | 'dead' = 'alive';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#clock.after(delayMs, () => {
      if (this.#state === 'alive') run();
    });
  }

  kill(): void {
    this.#state = 'dead';
  }
}

export interface WorkerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly config: Config;
  readonly front: InProcess;
  readonly version: Version;
  readonly rotation: RotationPolicy;
  readonly tickets: Tickets;
  readonly holder: string;
  readonly onTaken: (session: string, holder: string) => void;
}

const SLOTS = 20;
const OVERLAPS = 5;
/** How long those that are told to go may take. */
const DRAIN_MS = 20_000;

export class Worker {
  readonly holder: string;
  readonly door: Door;
  readonly registry: Registry;
  readonly metrics = new Metrics();
  readonly #clock: MortalClock;
  readonly #drivers: EmulatorDriver[] = [];
  #state: 'open' | 'draining' | 'over' = 'open';

  constructor(parts: WorkerParts) {
    const { config, front, version, rotation, holder } = parts;
    const clock = new MortalClock(parts.clock);
    this.holder = holder;
    this.#clock = clock;
    this.registry = new Registry(clock);
    const newDriver = (): EmulatorDriver => {
      const driver = new EmulatorDriver(front);
      this.#drivers.push(driver);
      return driver;
    };
    const recognizer = recognizerOf(version, clock, newDriver, { rotation });
    const { queueMax, queueWaitMsMax: waitMsMax, tapeBytesMax } = config;
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    this.door = newDoor({
      ...parts,
      ...{
        auth: newAuth(config, clock),
        gate: new Gate(config),
        clock,
        recognizer,
        log,
        metrics: this.metrics,
        registry: this.registry,
      },
      slots: new Slots({ slotsMax: SLOTS, queueMax, waitMsMax }, clock),
      overlaps: new Overlaps(OVERLAPS),
      budget: new TapeBudget(tapeBytesMax),
      isDraining: () => this.#state !== 'open',
      overload: new Overload(config.loopDelayMsMax),
    });
  }

  get takesSessions(): boolean {
    return this.#state === 'open';
  }

  /** Nothing of it runs any more, and its connections to Google are gone. Its sockets are not cut here. */
  crash(): void {
    this.#state = 'over';
    this.#clock.kill();
    for (const driver of this.#drivers) driver.cut();
  }

  /** Tells everybody to go, and ends what is left after a while. */
  drain(): void {
    if (this.#state !== 'open') return;
    this.#state = 'draining';
    this.registry.goAway(DRAIN_MS);
    this.#clock.after(DRAIN_MS, () =>
      this.registry.endAll({ code: 'draining', message: 'this server is going away' }),
    );
  }
}

function ignore(): void {
  // Nothing is logged in virtual time.
}
