/**
 * Registry: the sessions of a process, and the one timer that moves them all.
 *
 * Each session is ticked every 200 ms; they are spread over four rounds, so that not all are ticked
 * at once. With no session there is no timer.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Session } from './session.ts';
import type { Reason } from './surroundings.ts';

const ROUNDS = 4;
const TICK_MS = 200;

export class Registry {
  readonly #clock: Clock;
  readonly #rounds: readonly Set<Session>[] = Array.from(
    { length: ROUNDS },
    () => new Set<Session>(),
  );
  #round = 0;
  #next = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#rounds.reduce((sum, round) => sum + round.size, 0);
  }

  add(session: Session): void {
    this.#next = (this.#next + 1) % ROUNDS;
    this.#rounds[this.#next]?.add(session);
    this.#timer ??= this.#clock.after(TICK_MS / ROUNDS, () => this.#tick());
  }

  remove(session: Session): void {
    for (const round of this.#rounds) round.delete(session);
    if (this.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Ends every session with an error. */
  endAll(reason: Reason): void {
    for (const round of this.#rounds) for (const session of [...round]) session.end(reason);
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
