/**
 * Departure: how a server goes away when it is told to.
 *
 * Asked to drain, it says that it isn't ready and waits until a load balancer has seen that, unless no
 * session is open; then it takes no more, and those that are open may finish. Told once more, it ends
 * them at once; and once more again, it ends where it stands.
 *
 *   up ──drain──▶ leaving ──signal──▶ closing ──signal──▶ gone      up ──SIGINT──▶ closing
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
  /** Takes no more sessions, and is closed once those that are open have ended, or `waitMsMax` is over. */
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

type State = 'up' | 'leaving' | 'closing';

export class Departure {
  readonly #parts: DepartureParts;
  #state: State = 'up';

  constructor(parts: DepartureParts) {
    this.#parts = parts;
  }

  /** Lets sessions finish, and ends the process; when that is going on already, without effect. */
  drain(): void {
    if (this.#state !== 'up') return;
    this.#state = 'leaving';
    this.#parts.exitAfter(this.#leave());
  }

  /** SIGTERM drains, SIGINT ends all sessions at once; what follows a signal or a drain is meant seriously. */
  signal(name: 'SIGINT' | 'SIGTERM'): void {
    const { server, exitAfter, abandon } = this.#parts;
    if (this.#state === 'up' && name === 'SIGTERM') this.drain();
    else if (this.#state === 'closing') abandon();
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
    while (this.#state === 'leaving' && sessions > 0 && clock.nowMs() - fromMs < balancerMs) {
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
      sessions = await server.sessions();
    }
    if (this.#state === 'closing') return server.close();
    const leftMs = Math.max(0, Math.round(fromMs + msMax - clock.nowMs()));
    terminal.write(`finishing ${sessions} sessions, ${leftMs} ms at most\n`);
    await server.drain(leftMs);
  }
}
