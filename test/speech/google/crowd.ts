/**
 * Crowd: people who all come at once, each with a session and some seconds to say.
 *
 * They share a limit of streams, divided as the server does it, and an emulator whose quota may be
 * another one. It remembers what each was told of its place and when, and how busy the slots were.
 */
import type { Overlaps } from '../../../src/speech/overlaps.ts';
import { reserveOf } from '../../../src/speech/overlaps.ts';
import type { RotationPolicy } from '../../../src/speech/rotation.ts';
import type { Limits, Version } from '../../emulator/limits.ts';
import { randomOf } from '../../emulator/random.ts';
import type { Spoken } from '../../emulator/voice.ts';
import { chatter, linear16, Speaker } from '../../emulator/voice.ts';
import type { Phone } from '../../fakes/session-rig.ts';
import { GoogleSessionRig } from './session-rig.ts';

/** Hertz: less to hear than at 16,000. */
const RATE = 8_000;
export const SPEECH_MS = 10_000;
const FRAME_MS = 100;
const LOOK_MS = 20;

/** Whether somebody speaks as soon as there is a session, or waits silently while it is queued. */
export type Manner = 'at once' | 'when live';

interface Place {
  readonly position: number;
  readonly etaMs: number | null;
  readonly atMs: number;
}

export class Person {
  readonly phone: Phone;
  /** The numbers of all words that are said, whole and within `SPEECH_MS`. */
  readonly words: readonly number[];
  readonly places: Place[] = [];
  endedMs: number | undefined;
  readonly #rig: GoogleSessionRig;
  readonly #manner: Manner;
  readonly #speaker: Speaker;
  #spokenMs = 0;

  constructor(rig: GoogleSessionRig, nth: number, manner: Manner) {
    this.#rig = rig;
    this.#manner = manner;
    const plan = planOf(nth);
    this.words = plan.map(({ number }) => number);
    this.#speaker = new Speaker(plan, RATE);
    this.phone = rig.start({ sampleRateHertz: RATE });
    this.#listen();
    this.#speak();
  }

  /** When its stream was opened; NaN when none was. */
  get liveMs(): number {
    return this.places.find(({ position }) => position === 0)?.atMs ?? Number.NaN;
  }

  #listen(): void {
    const send = this.phone.send.bind(this.phone);
    this.phone.send = (message) => {
      const atMs = this.#rig.clock.nowMs();
      if (message.type === 'queued') this.places.push({ ...message, atMs });
      if (message.type === 'summary' || message.type === 'error') this.endedMs = atMs;
      return send(message);
    };
  }

  #speak(): void {
    if (this.phone.closed !== undefined) return;
    const isQueued = (this.places.at(-1)?.position ?? 0) > 0;
    if (this.#manner === 'when live' && isQueued) this.phone.say({ type: 'keepalive' });
    else {
      const samples = this.#speaker.read((RATE * FRAME_MS) / 1000);
      this.phone.session.frame(linear16(samples));
      this.#spokenMs += FRAME_MS;
    }
    if (this.#spokenMs === SPEECH_MS) this.phone.say({ type: 'finish' });
    else this.#rig.clock.after(FRAME_MS, () => this.#speak());
  }
}

export interface CrowdOptions {
  /** Streams by the configuration, those of the reserve included. */
  readonly slotsMax: number;
  readonly startsPerMinuteMax?: number;
  readonly limits: Partial<Limits>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly rotation?: RotationPolicy;
}

export class Crowd {
  readonly rig: GoogleSessionRig;
  readonly people: Person[] = [];
  /** While anybody waited: stream-milliseconds at the emulator, slot-milliseconds held, and those there were. */
  readonly busy = { streamMs: 0, heldMs: 0, slotMs: 0 };

  constructor(version: Version, { slotsMax, limits, ...options }: CrowdOptions) {
    const reserve = reserveOf(slotsMax);
    this.rig = new GoogleSessionRig(version, {
      ...options,
      slotsMax: slotsMax - reserve,
      overlapsMax: reserve,
      emulator: { limits },
    });
    const { google, slots, overlaps } = this.rig;
    google.watchLimit(slotsMax, (limit) => divide(limit, slots, overlaps));
  }

  /** So many come within `spreadMs`. */
  async come(count: number, spreadMs: number, manner: Manner = 'at once'): Promise<void> {
    const random = randomOf(7);
    for (let n = 0; n < count; n++) {
      const nth = this.people.length + n + 1;
      const come = (): void => {
        this.people.push(new Person(this.rig, nth, manner));
      };
      this.rig.clock.after(spreadMs * random(), come);
    }
    await this.rig.clock.advance(0);
  }

  async pass(ms: number): Promise<void> {
    const { clock, slots, emulator } = this.rig;
    for (let passedMs = 0; passedMs < ms; passedMs += LOOK_MS) {
      if (slots.depth > 0) {
        this.busy.streamMs += emulator.report().open.length * LOOK_MS;
        this.busy.heldMs += slots.used * LOOK_MS;
        this.busy.slotMs += slots.limit * LOOK_MS;
      }
      await clock.advance(LOOK_MS);
    }
  }

  /** By which factor told and true time differ, for all that was told of a time after ten had ended; sorted. */
  etaErrors(): number[] {
    const ends = this.people.map(({ endedMs }) => endedMs ?? Number.POSITIVE_INFINITY);
    const tenthMs = ends.sort((a, b) => a - b)[9] ?? Number.NaN;
    const errors = this.people.flatMap(({ places, liveMs }) =>
      places
        .filter(({ position, atMs }) => position > 0 && atMs >= tenthMs)
        .map(({ etaMs, atMs }) => factor(etaMs ?? Number.NaN, liveMs - atMs)),
    );
    return errors.sort((a, b) => a - b);
  }
}

function divide(limit: number, slots: GoogleSessionRig['slots'], overlaps: Overlaps): void {
  const reserve = reserveOf(limit);
  overlaps.setLimit(reserve);
  slots.setLimit(limit - reserve);
}

function factor(one: number, other: number): number {
  return Math.max(one / other, other / one);
}

function planOf(nth: number): Spoken[] {
  const plan: Spoken[] = [];
  let leftMs = SPEECH_MS;
  for (const word of chatter(randomOf(nth), { first: nth * 1_000 })) {
    leftMs -= word.ms + word.pauseMs;
    if (leftMs < 0) return plan;
    plan.push(word);
  }
  return plan;
}
