/**
 * Worker: the command that a supervisor starts, a process that takes sessions and shares its port.
 *
 * It does as the supervisor says, signals included: those that a terminal sends to all processes are
 * not for it. Once the supervisor is gone it lets its sessions finish, and ends.
 */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { EarshotError } from '../errors.ts';
import type { FromWorker, ToWorker } from '../fleet/messages.ts';
import { Share } from '../fleet/share.ts';
import type { Uplink, UplinkEvents } from '../fleet/uplink.ts';
import { tableOf } from '../live.ts';
import type { Log } from '../log.ts';
import { Metrics } from '../metrics.ts';
import type { Choice } from '../speech/choose.ts';
import { choose, load } from '../speech/choose.ts';
import type { Recognizer } from '../speech/recognizer.ts';
import { Tickets } from '../wire/ticket.ts';
import { workersOf } from './fleet.ts';
import { GoogleWatch } from './google-watch.ts';
import type { Serving } from './serving.ts';
import { scopeOf, startServing } from './serving.ts';

export interface WorkerParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly newUplink: (events: UplinkEvents) => Uplink;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

/** How long it may take to close, once its supervisor is gone. Milliseconds. */
const CLOSE_MS_MAX = 10_000;

type State = 'starting' | 'serving' | 'ending';

export class WorkerRun {
  readonly #parts: WorkerParts;
  readonly #choice: Choice;
  readonly #metrics: Metrics;
  readonly #uplink: Uplink;
  readonly #share: Share;
  #setup: (ToWorker & { type: 'setup' }) | undefined;
  #recognizer: Recognizer | undefined;
  #serving: Serving | undefined;
  #state: State = 'starting';

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#choice = choose(parts.config, parts.env);
    this.#metrics = new Metrics(scopeOf(this.#choice, parts.config, '0'));
    this.#uplink = parts.newUplink({
      onMessage: (message) => this.#told(message),
      onLost: () => this.#lost(),
    });
    this.#share = new Share(parts.clock, (usage) => this.#send({ type: 'usage', usage }));
  }

  /** Loads the recognizer and says so; what follows is up to the supervisor. */
  async start(): Promise<void> {
    const { clock, log } = this.#parts;
    const watch = new GoogleWatch(this.#metrics, log, clock, this.#share);
    try {
      this.#recognizer = await load(this.#choice, clock, watch, this.#share);
    } catch (error) {
      await this.#fail(error);
      return;
    }
    const { slotsDefault, rotation } = this.#recognizer;
    await this.#send({ type: 'loaded', slotsDefault, rotates: rotation !== undefined });
  }

  #told(message: ToWorker): void {
    switch (message.type) {
      case 'setup':
        this.#setup = message;
        this.#metrics.scope = scopeOf(this.#choice, this.#parts.config, `${message.worker}`);
        break;
      case 'lease':
        this.#share.follow(message.lease);
        break;
      case 'listen':
        void this.#listen(message.port);
        break;
      case 'count':
        void this.#count();
        break;
      case 'list':
        void this.#list();
        break;
      case 'release':
        this.#serving?.release(message.session, message.as);
        break;
      case 'renew':
        this.#serving?.renew();
        break;
      case 'drain':
        void this.#end(({ drain }) => drain(message.waitMsMax));
        break;
      case 'close':
        void this.#end(({ close }) => close());
    }
  }

  async #listen(port: number): Promise<void> {
    const setup = this.#setup;
    const recognizer = this.#recognizer;
    if (this.#state !== 'starting' || recognizer === undefined || setup === undefined) return;
    try {
      this.#serving = startServing({
        ...this.#parts,
        config: { ...this.#parts.config, port },
        metrics: this.#metrics,
        recognizer,
        share: this.#share,
        workers: workersOf(this.#parts.config, this.#parts.env),
        tickets: new Tickets(setup.resumeKey),
        holder: setup.holder,
        onTaken: (session, holder, as) => {
          void this.#send({ type: 'taken', session, holder, as });
        },
      });
    } catch (error) {
      await this.#fail(error);
      return;
    }
    this.#state = 'serving';
    await this.#send({ type: 'listening' });
  }

  async #count(): Promise<void> {
    const snapshot = this.#metrics.snapshot();
    const notReady = this.#serving?.notReady() ?? null;
    await this.#send({ type: 'counted', snapshot, notReady });
  }

  async #list(): Promise<void> {
    const table = this.#serving?.table() ?? tableOf([]);
    await this.#send({ type: 'listed', table });
  }

  /** Nobody is left who would end it if it hung. */
  #lost(): void {
    const { config, clock, exit } = this.#parts;
    const { drainNodeMsMax: msMax } = config;
    clock.after(msMax + CLOSE_MS_MAX, () => exit(1));
    void this.#end(({ drain }) => drain(msMax));
  }

  /** Lets its sessions end by `how`; told again, that counts too. */
  async #end(how: (serving: Serving) => Promise<void>): Promise<void> {
    this.#state = 'ending';
    if (this.#serving === undefined) await this.#recognizer?.close();
    else await how(this.#serving);
    await this.#count();
    this.#parts.exit(0);
  }

  async #fail(error: unknown): Promise<void> {
    const known = error instanceof EarshotError;
    const message = known ? error.message : stackOf(error);
    await this.#send({ type: 'failed', code: known ? error.code : 'bug', message });
    await this.#recognizer?.close();
    this.#parts.exit(1);
  }

  #send(message: FromWorker): Promise<void> {
    return this.#uplink.send(message);
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
