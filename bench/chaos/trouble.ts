/**
 * Trouble: what befalls servers and networks while phones speak: kills, cuts, silence, deploys.
 *
 * It strikes by the clock of whoever steps it, and counts what it did.
 */
import type { TcpProxy } from '../../test/fakes/tcp-proxy.ts';
import type { Node } from './node.ts';
import { imbalanceOf } from './sums.ts';

/** Between two kills, cuts and connections that hang. */
const KILL_MS = 5_000;
const CUT_MS = 3_000;
const FREEZE_MS = 8_000;
/** At these parts of all kills a rolling restart begins. */
export const RESTARTS_AT = [0.2, 0.6];
/** After a server has come up, before the next one goes: the balancer has seen it by then. */
const SETTLE_MS = 1_500;
/** Between two looks at what the servers have counted. */
const LOOK_MS = 5_000;
type Event = 'kill' | 'cut' | 'freeze' | 'look';

export interface Counts {
  kills: number;
  cuts: number;
  freezes: number;
  restarts: number;
  looks: number;
  imbalance: number;
}

export class Trouble {
  readonly counts: Counts = { kills: 0, cuts: 0, freezes: 0, restarts: 0, looks: 0, imbalance: 0 };
  readonly #nodes: readonly Node[];
  readonly #network: TcpProxy;
  readonly #random: () => number;
  readonly #killsMax: number;
  readonly #due: Record<Event, number> = {
    kill: KILL_MS,
    cut: CUT_MS,
    freeze: FREEZE_MS,
    look: LOOK_MS,
  };
  #restart: Promise<void> | undefined;
  #failure: unknown;

  constructor(nodes: readonly Node[], network: TcpProxy, random: () => number, killsMax: number) {
    this.#nodes = nodes;
    this.#network = network;
    this.#random = random;
    this.#killsMax = killsMax;
  }

  /** All has happened that is to happen. */
  get isOver(): boolean {
    const { kills, restarts } = this.counts;
    return (
      kills >= this.#killsMax && restarts === RESTARTS_AT.length && this.#restart === undefined
    );
  }

  /** Does what is due at `nowMs` since the beginning. Throws what kept a server from coming up again. */
  step(nowMs: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#every('kill', KILL_MS, nowMs, () => this.#kill());
    this.#every('cut', CUT_MS, nowMs, () => this.#strike('cuts', (link) => link.cut()));
    this.#every('freeze', FREEZE_MS, nowMs, () => this.#strike('freezes', (link) => link.freeze()));
    this.#every('look', LOOK_MS, nowMs, () => void this.look());
    const at = RESTARTS_AT[this.counts.restarts];
    if (at === undefined || this.#restart !== undefined) return;
    if (this.counts.kills >= at * this.#killsMax) {
      this.#restart = this.#rollingRestart().catch((error: unknown) => {
        this.#failure = error;
      });
    }
  }

  /** Holds what the servers count against itself. */
  async look(): Promise<void> {
    for (const node of this.#nodes.filter(({ isUp }) => isUp)) {
      const text = await node.metrics().catch(() => undefined);
      if (text === undefined) continue;
      this.counts.looks += 1;
      this.counts.imbalance = Math.max(this.counts.imbalance, Math.abs(imbalanceOf(text)));
    }
  }

  #every(what: Event, everyMs: number, nowMs: number, run: () => void): void {
    if (nowMs < this.#due[what]) return;
    this.#due[what] = nowMs + everyMs;
    run();
  }

  #kill(): void {
    if (this.counts.kills >= this.#killsMax) return;
    const workers = this.#nodes.flatMap((node) => node.workers.map((pid) => ({ node, pid })));
    const victim = workers[Math.floor(this.#random() * workers.length)];
    if (victim === undefined) return;
    if (victim.node.kill(victim.pid)) this.counts.kills += 1;
  }

  #strike(what: 'cuts' | 'freezes', strike: (link: TcpProxy['links'][number]) => void): void {
    const { links } = this.#network;
    const link = links[Math.floor(this.#random() * links.length)];
    if (link === undefined) return;
    strike(link);
    this.counts[what] += 1;
  }

  async #rollingRestart(): Promise<void> {
    for (const node of this.#nodes) {
      await node.leave();
      await node.start();
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
    this.counts.restarts += 1;
    this.#restart = undefined;
  }
}
