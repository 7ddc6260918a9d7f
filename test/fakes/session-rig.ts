/**
 * SessionRig: sessions in virtual time, with a scripted recognizer and everything else real.
 */
import type { Config } from '../../src/config.ts';
import { readConfig } from '../../src/config.ts';
import { Metrics } from '../../src/metrics.ts';
import { Registry } from '../../src/session/registry.ts';
import { Session } from '../../src/session/session.ts';
import type { Sink } from '../../src/session/surroundings.ts';
import { TapeBudget } from '../../src/session/window.ts';
import { Overlaps } from '../../src/speech/overlaps.ts';
import type { Recognizer } from '../../src/speech/recognizer.ts';
import { Slots } from '../../src/speech/slots.ts';
import { isFault } from '../../src/wire/fault.ts';
import type { ServerMessage } from '../../src/wire/message.ts';
import { parseMessage } from '../../src/wire/message.ts';
import { FakeClock } from './fake-clock.ts';
import type { ScriptedOptions } from './scripted-recognizer.ts';
import { ScriptedRecognizer } from './scripted-recognizer.ts';

export const RATE = 16_000;
const FRAME_MS = 100;

type Type = ServerMessage['type'];
type Of<T extends Type> = Extract<ServerMessage, { type: T }>;

export interface RigOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly scripted?: ScriptedOptions;
  readonly recognizer?: (clock: FakeClock) => Recognizer;
  readonly slotsMax?: number;
  readonly overlapsMax?: number;
}

export class SessionRig {
  readonly clock = new FakeClock();
  readonly config: Config;
  readonly scripted: ScriptedRecognizer;
  readonly recognizer: Recognizer;
  readonly slots: Slots;
  readonly overlaps: Overlaps;
  readonly metrics = new Metrics();
  readonly budget: TapeBudget;
  readonly registry: Registry;
  #sessions = 0;

  constructor(options: RigOptions = {}) {
    this.config = readConfig(options.settings ?? {});
    this.scripted = new ScriptedRecognizer(this.clock, { latencyMs: 50, ...options.scripted });
    this.recognizer = options.recognizer?.(this.clock) ?? this.scripted;
    const { queueMax, queueWaitMsMax: waitMsMax, tapeBytesMax } = this.config;
    const limits = { slotsMax: options.slotsMax ?? 10, queueMax, waitMsMax };
    this.slots = new Slots(limits, this.clock);
    this.overlaps = new Overlaps(options.overlapsMax ?? 0);
    this.budget = new TapeBudget(tapeBytesMax);
    this.registry = new Registry(this.clock);
  }

  /** A socket with a session that has not started. */
  connect(): Phone {
    this.#sessions += 1;
    return new Phone(this, `s${this.#sessions}`);
  }

  /** A session that is ready for audio. */
  start(fields: object = {}): Phone {
    const phone = this.connect();
    phone.say({ type: 'start', encoding: 'LINEAR16', sampleRateHertz: RATE, ...fields });
    return phone;
  }
}

/** A device: says what a test tells it, and remembers what it hears. */
export class Phone implements Sink {
  readonly heard: ServerMessage[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  /** False: what is sent to it is not taken. */
  reads = true;
  readonly session: Session;
  readonly #rig: SessionRig;

  constructor(rig: SessionRig, id: string) {
    this.#rig = rig;
    const { config, clock, recognizer, slots, overlaps, metrics, budget, registry } = rig;
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    this.session = new Session({
      ...{ id, device: { id, fleet: 'f' }, sink: this, clock, random: () => 0.5, config },
      ...{ recognizer, slots, overlaps, budget, metrics, log },
      onClosed: (session) => registry.remove(session),
    });
    registry.add(this.session);
  }

  send(message: ServerMessage): boolean {
    if (this.closed !== undefined) throw new Error(`${message.type} was sent after the close`);
    if (!this.reads && message.type !== 'error') return false;
    this.heard.push(message);
    this.session.handed(message);
    return true;
  }

  close(code: number, reason: string): void {
    if (this.closed !== undefined) throw new Error('closed twice');
    this.closed = { code, reason };
  }

  say(message: object): void {
    const parsed = parseMessage(JSON.stringify(message));
    if (isFault(parsed)) this.session.fault(parsed);
    else this.session.message(parsed);
  }

  /** Sends `ms` of sound or silence at once, in frames of 100 ms. */
  send100(ms: number, sample: number): void {
    for (let sent = 0; sent < ms; sent += FRAME_MS)
      this.frame(Math.min(FRAME_MS, ms - sent), sample);
  }

  frame(ms: number, sample: number): void {
    this.session.frame(new Uint8Array(new Int16Array((ms * RATE) / 1000).fill(sample).buffer));
  }

  /** Sends `ms` of sound at the pace of speech. */
  async speak(ms: number, sample = 1000): Promise<void> {
    for (let sent = 0; sent < ms; sent += FRAME_MS) {
      this.frame(Math.min(FRAME_MS, ms - sent), sample);
      await this.#rig.clock.advance(FRAME_MS);
    }
  }

  /** Sends `ms` of silence at the pace of speech. */
  rest(ms: number): Promise<void> {
    return this.speak(ms, 0);
  }

  all<T extends Type>(type: T): Of<T>[] {
    return this.heard.filter((message): message is Of<T> => message.type === type);
  }

  last<T extends Type>(type: T): Of<T> | undefined {
    return this.heard.findLast((message): message is Of<T> => message.type === type);
  }

  get types(): Type[] {
    return this.heard.map(({ type }) => type);
  }
}

function ignore(): void {
  // Nothing is logged in virtual time.
}
