/**
 * Departure: how a server goes away when it is told to.
 *
 * Asked to drain, it says that it isn't ready and waits until a load balancer has seen that, unless no
 * session is open; then it takes no more, and those that are open may finish. A signal after SIGTERM ends
 * them at once; and one more ends the process where it stands.
 *
 *   up ──POST──▶ asked ──SIGTERM──▶ leaving ──signal──▶ closing ──signal──▶ gone
 *   up ──SIGTERM──▶ leaving      up, asked ──SIGINT──▶ closing
 *
 * Who stops containers posts first and sends SIGTERM then, and means the same by both.
 */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Terminal } from '../log.ts';

/** A server that may be told to go away. */
export interface Running {
  /** Sessions that are open. */
  sessions(): number | Promise<number>;
  /** Is not ready any more, and still takes sessions. */
  leave(): void;
  /** Takes no more sessions, and ends those that are open after `waitMsMax`; is closed 1 s later at the latest. */
  drain(waitMsMax: number): Promise<void>;
  /** Ends every session and closes everything. May be called again. */
  close(): Promise<void>;
}

export interface DepartureParts {
  readonly server: Running;
  readonly clock: Clock;
  readonly config: Pick<Config, 'drainNodeMsMax'>;
  readonly terminal: Terminal;
  /** Ends the process, once `ending` is over. */
  readonly exitAfter: (ending: Promise<void>) => void;
  /** Ends the process where it stands. */
  readonly abandon: () => void;
}

/** How long a balancer may take to see that a server isn't ready; but never more than half of the drain. */
const BALANCER_MS_MAX = 5_000;
/** How often to look whether sessions are open. */
const LOOK_MS = 100;
/** How long before its time is over a drain ends the sessions that are left. Milliseconds. */
export const CLOSE_MS = 1_000;

type State = 'up' | 'asked' | 'leaving' | 'closing';

export class Departure {
  readonly #parts: DepartureParts;
  #state: State = 'up';

  constructor(parts: DepartureParts) {
    this.#parts = parts;
  }

  /** Lets sessions finish, and ends the process; when that is going on already, without effect. */
  drain(): void {
    if (this.#state !== 'up') return;
    this.#state = 'asked';
    this.#parts.exitAfter(this.#leave());
  }

  /** SIGTERM drains, SIGINT ends all sessions at once; what follows a signal is meant seriously. */
  signal(name: 'SIGINT' | 'SIGTERM'): void {
    const { server, exitAfter, abandon } = this.#parts;
    const isFirst = this.#state === 'up' || this.#state === 'asked';
    if (isFirst && name === 'SIGTERM') {
      this.drain();
      this.#state = 'leaving';
    } else if (this.#state === 'closing') abandon();
    else {
      this.#state = 'closing';
      exitAfter(server.close());
    }
  }

  async #leave(): Promise<void> {
    const { server, clock, config, terminal } = this.#parts;
    const fromMs = clock.nowMs();
    const msMax = config.drainNodeMsMax;
    const balancerMs = Math.min(BALANCER_MS_MAX, msMax / 2);
    server.leave();
    let sessions = await server.sessions();
    while (!this.#isClosing() && sessions > 0 && clock.nowMs() - fromMs < balancerMs) {
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
      sessions = await server.sessions();
    }
    if (this.#isClosing()) return server.close();
    const leftMs = Math.max(0, Math.round(fromMs + msMax - clock.nowMs()));
    terminal.write(`finishing ${sessions} sessions, ${leftMs} ms at most\n`);
    await server.drain(Math.max(0, leftMs - CLOSE_MS));
  }

  #isClosing(): boolean {
    return this.#state === 'closing';
  }
}
