/**
 * SessionRig: sessions in virtual time, with a scripted recognizer and everything else real.
 */
import type { Config } from '../../src/config.ts';
import { readConfig } from '../../src/config.ts';
import { Metrics } from '../../src/metrics.ts';
import { Line } from '../../src/session/line.ts';
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
import { Tickets } from '../../src/wire/ticket.ts';
import { FakeClock } from './fake-clock.ts';
import { lend } from './lend.ts';
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
  /** For a second process: the same clock, another name. */
  readonly clock?: FakeClock;
  readonly holder?: string;
  readonly key?: string;
}

const KEY = 'a key of thirty-two characters!!';

export class SessionRig {
  readonly clock: FakeClock;
  readonly tickets: Tickets;
  readonly holder: string;
  /** Sessions that were taken from another process: their names, and whose they were. */
  readonly taken: [session: string, holder: string][] = [];
  isDraining = false;
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
    this.clock = options.clock ?? new FakeClock();
    this.holder = options.holder ?? 'here';
    this.tickets = new Tickets(options.key ?? KEY);
    this.config = readConfig(options.settings ?? {});
    this.scripted = new ScriptedRecognizer(this.clock, { latencyMs: 50, ...options.scripted });
    this.recognizer = options.recognizer?.(this.clock) ?? this.scripted;
    const { queueMax, queueWaitMsMax: waitMsMax, tapeBytesMax } = this.config;
    const limits = { slotsMax: options.slotsMax ?? 10, queueMax, waitMsMax };
    this.slots = new Slots(limits, this.clock, undefined, this.recognizer.starts);
    this.overlaps = new Overlaps(options.overlapsMax ?? 0, this.recognizer.starts);
    this.budget = new TapeBudget(tapeBytesMax);
    this.registry = new Registry(this.clock);
  }

  /** A socket with a session that has not started. */
  connect(): Phone {
    this.#sessions += 1;
    const name = this.holder === 'here' ? 's' : `${this.holder}-`;
    return new Phone(this, `${name}${this.#sessions}`);
  }

  /** A socket that goes on with the session of a phone that keeps to the protocol, with its newest token. */
  resume(old: Phone, fields: object = {}): Phone {
    const resume = { token: old.token, result: old.result };
    const phone = this.start({ ...old.fields, resume, ...fields });
    phone.fields = old.fields;
    phone.seenBefore = old.result;
    return phone;
  }

  /** A session that is ready for audio. */
  start(fields: object = {}): Phone {
    const phone = this.connect();
    phone.fields = fields;
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
  /** The one that this socket began with: a session that is resumed has its place. */
  readonly session: Session;
  readonly line: Line;
  /** Of its start, and the last final of the sockets before. */
  fields: object = {};
  seenBefore = 0;
  readonly #rig: SessionRig;

  constructor(rig: SessionRig, id: string) {
    this.#rig = rig;
    const { config, clock, recognizer, slots, overlaps, metrics, budget, registry } = rig;
    const { tickets, holder } = rig;
    this.line = new Line(this);
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const parts = {
      ...{ clock, random: () => 0.5, config, recognizer, slots, overlaps, budget, metrics, log },
      ...{ tickets, others: registry },
      isDraining: () => rig.isDraining,
      onTaken: (session: string, from: string) => rig.taken.push([session, from]),
    };
    const device = { id: 'd', fleet: 'f' };
    this.session = new Session(parts, { id, holder, device, line: this.line });
    registry.add(this.session);
  }

  send(message: ServerMessage): boolean {
    if (this.closed !== undefined) throw new Error(`${message.type} was sent after the close`);
    if (!this.reads && message.type !== 'error') return false;
    this.heard.push(message);
    this.line.handed(message);
    return true;
  }

  close(code: number, reason: string): void {
    if (this.closed !== undefined) throw new Error('closed twice');
    this.closed = { code, reason };
  }

  say(message: object): void {
    const parsed = parseMessage(JSON.stringify(message));
    if (isFault(parsed)) this.line.fault(parsed);
    else this.line.message(parsed);
  }

  /** Sends `ms` of sound or silence at once, in frames of 100 ms. */
  send100(ms: number, sample: number): void {
    for (let sent = 0; sent < ms; sent += FRAME_MS)
      this.frame(Math.min(FRAME_MS, ms - sent), sample);
  }

  /** A frame of `ms`, of which the first `soundMs` are `sample`, the rest silence. */
  frame(ms: number, sample: number, soundMs = ms): void {
    const samples = new Int16Array((ms * RATE) / 1000).fill(sample, 0, (soundMs * RATE) / 1000);
    lend(new Uint8Array(samples.buffer), (lent) => this.line.frame(lent));
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

  /** The newest token it holds, and the newest final. */
  get token(): string {
    const told = this.heard.findLast((message) => 'resume' in message);
    return told !== undefined && 'resume' in told ? (told.resume ?? '') : '';
  }

  get result(): number {
    return this.last('final')?.result ?? this.seenBefore;
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
