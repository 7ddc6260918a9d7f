/**
 * Registry: the sessions of a process, and the one timer that moves them all.
 *
 * Each session is ticked every 200 ms; they are spread over four rounds, so that not all are ticked
 * at once. With no session there is no timer.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Row } from '../live.ts';
import { CLOSE } from '../wire/close.ts';
import type { Goaway } from '../wire/message.ts';
import type { Session } from './session.ts';
import type { Reason } from './surroundings.ts';

const ROUNDS = 4;
const TICK_MS = 200;
/** All sessions are told to go within this time, some at each step. */
const GO_AWAY_MS_MAX = 5_000;
const GO_AWAY_STEP_MS = 50;

export class Registry {
  readonly #clock: Clock;
  readonly #rounds: readonly Set<Session>[] = Array.from(
    { length: ROUNDS },
    () => new Set<Session>(),
  );
  #round = 0;
  /** In the order they came, with their names as holders. */
  readonly #all = new Map<Session, string | undefined>();
  readonly #byId = new Map<string, Session>();
  #next = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#all.size;
  }

  /** `holder`: what its tokens call it, if no other session here is called so. */
  add(session: Session, holder?: string): void {
    this.#all.set(session, holder);
    this.#next = (this.#next + 1) % ROUNDS;
    this.#rounds[this.#next]?.add(session);
    this.#timer ??= this.#clock.after(TICK_MS / ROUNDS, () => this.#tick());
  }

  /** The session of that name which has started and has not ended. */
  find(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  /** It has started: from now on it can be found. */
  opened(session: Session): void {
    this.#byId.set(session.id, session);
  }

  closed(session: Session): void {
    if (this.#byId.get(session.id) === session) this.#byId.delete(session.id);
    this.#all.delete(session);
    for (const round of this.#rounds) round.delete(session);
    if (this.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /**
   * Another process has taken this session over, from `holder` if that is known: here it is forgotten, its
   * slot given back. Not one that has come back since, and has another name: who tells of it may be late.
   */
  release(id: string, holder?: string): void {
    const session = this.find(id);
    if (session === undefined) return;
    if (holder === undefined || holder === this.#all.get(session)) session.release();
  }

  /**
   * This process goes away in `waitMsMax`: tells every session so, spread over a part of that time, so
   * that not all come to the next one at once. Who can't be told, or has nobody to be told, ends now.
   */
  goAway(waitMsMax: number): void {
    const endMs = this.#clock.nowMs() + waitMsMax;
    const told: Session[] = [];
    this.each((session) => {
      if (session.state === 'open' || session.state === 'finishing') told.push(session);
      else session.end({ code: 'draining', message: CLOSE.draining.when });
    });
    const spreadMs = Math.min(GO_AWAY_MS_MAX, waitMsMax / 4);
    const perStep = Math.ceil((told.length * GO_AWAY_STEP_MS) / Math.max(1, spreadMs));
    const step = (): void => {
      const timeLeftMs = Math.max(0, Math.round(endMs - this.#clock.nowMs()));
      const goaway: Goaway = { type: 'goaway', reason: 'draining', timeLeftMs };
      for (const session of told.splice(0, perStep)) session.goAway(goaway);
      if (told.length > 0) this.#clock.after(GO_AWAY_STEP_MS, step);
    };
    step();
  }

  /** Ends every session with an error. */
  endAll(reason: Reason): void {
    for (const round of this.#rounds) for (const session of [...round]) session.end(reason);
  }

  /** So many of those with a socket that came last, the newest first. */
  newest(count: number): Session[] {
    const attached = [...this.#all.keys()].filter(
      ({ state }) => state === 'open' || state === 'opening',
    );
    return count > 0 ? attached.slice(-count).reverse() : [];
  }

  /** What an operator sees of all sessions. */
  rows(): Row[] {
    const nowMs = this.#clock.nowMs();
    return Array.from(this.#all.keys(), (session) => session.row(nowMs));
  }

  /** Calls `run` for each session. */
  each(run: (session: Session) => void): void {
    for (const round of this.#rounds) for (const session of [...round]) run(session);
  }

  #tick(): void {
    this.#timer = this.#clock.after(TICK_MS / ROUNDS, () => this.#tick());
    this.#round = (this.#round + 1) % ROUNDS;
    for (const session of [...(this.#rounds[this.#round] ?? [])]) session.tick();
  }
}
