/**
 * FakeWorkers: processes of a fleet that a test speaks for. They live until the test ends them, or they
 * are killed, which they tell at once.
 */
import type { FromWorker, ToWorker } from '../../src/fleet/messages.ts';
import type { ProcessEvents, StartProcess, WorkerProcess } from '../../src/fleet/process.ts';
import type { Snapshot } from '../../src/metrics.ts';

export class FakeWorker implements WorkerProcess {
  readonly pid: number;
  readonly told: ToWorker[] = [];
  /** How it ended. */
  ends: string | undefined;
  readonly #events: ProcessEvents;

  constructor(pid: number, events: ProcessEvents) {
    this.pid = pid;
    this.#events = events;
  }

  send(message: ToWorker): void {
    this.told.push(message);
  }

  kill(): void {
    this.end('SIGKILL');
  }

  say(message: FromWorker): void {
    this.#events.onMessage(message);
  }

  /** Loads, and listens as soon as it is told to. */
  load(slotsDefault = 10): void {
    this.say({ type: 'loaded', slotsDefault, rotates: true });
  }

  listen(): void {
    this.say({ type: 'listening' });
  }

  count(snapshot: Snapshot, notReady: string | null = null): void {
    this.say({ type: 'counted', snapshot, notReady });
  }

  end(how: string): void {
    this.ends = how;
    this.#events.onEnd(how);
  }

  all<T extends ToWorker['type']>(type: T): (ToWorker & { type: T })[] {
    return this.told.filter((message): message is ToWorker & { type: T } => message.type === type);
  }
}

export class FakeWorkers {
  readonly started: FakeWorker[] = [];

  readonly start: StartProcess = (events) => {
    const worker = new FakeWorker(this.started.length + 1, events);
    this.started.push(worker);
    return worker;
  };

  /** The one that was started as the nth, from 0. */
  nth(n: number): FakeWorker {
    const worker = this.started.at(n);
    if (worker === undefined) throw new Error(`${this.started.length} workers were started`);
    return worker;
  }
}
