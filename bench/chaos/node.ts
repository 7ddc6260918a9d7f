/**
 * Node: one server of the chaos, a supervisor with its workers, which are killed and go away.
 */
import { randomBytes } from 'node:crypto';
import type { Child } from '../child.ts';
import { startChild } from '../child.ts';
import { MAIN } from '../server-process.ts';
import type { Backend } from './balancer.ts';

export interface NodeOptions extends Backend {
  readonly workers: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** How long a drain may take: enough for the last finals. */
const DRAIN_MS_MAX = 15_000;

const LINE = /"workerPid":(\d+)/;

export class Node {
  readonly name: string;
  readonly backend: Backend;
  readonly #options: NodeOptions;
  readonly #workers = new Set<number>();
  /** How processes ended that were told to go away: [code, signal]. */
  readonly exits: (readonly [number | null, string | null])[] = [];
  #child: Child | undefined;
  #lastLine = '';

  constructor(options: NodeOptions) {
    this.name = options.name;
    this.backend = options;
    this.#options = options;
  }

  /** Processes that take sessions; none while it starts: what dies then ends the start. */
  get workers(): number[] {
    return this.isUp ? [...this.#workers] : [];
  }

  get isUp(): boolean {
    return this.#child !== undefined;
  }

  async start(): Promise<void> {
    const { port, adminPort, workers, settings } = this.#options;
    this.#child = await startChild({
      argv: [MAIN, 'serve'],
      env: {
        EARSHOT_PORT: `${port}`,
        EARSHOT_ADMIN_PORT: `${adminPort}`,
        EARSHOT_WORKERS: `${workers}`,
        EARSHOT_DRAIN_MS_MAX: `${DRAIN_MS_MAX}`,
        ...settings,
      },
      upBy: /^listening on/,
      onLog: (line) => this.#read(line),
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.#lastLine}`);
    });
  }

  /** The system ends this worker, without a word. False: it is gone already. */
  kill(worker: number): boolean {
    this.#workers.delete(worker);
    try {
      return process.kill(worker, 'SIGKILL');
    } catch {
      return false;
    }
  }

  /** It goes away as for a deploy; resolves once it has ended. */
  async leave(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.signal('SIGTERM');
    this.exits.push(await child.ended);
    this.#child = undefined;
    this.#workers.clear();
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  async metrics(): Promise<string> {
    return await (await fetch(`http://127.0.0.1:${this.backend.adminPort}/metrics`)).text();
  }

  #read(line: string): void {
    this.#lastLine = line;
    const pid = Number(LINE.exec(line)?.[1] ?? Number.NaN);
    if (Number.isSafeInteger(pid)) this.#workers.add(pid);
  }
}

/** A key that all nodes have. */
export function newKey(): string {
  return randomBytes(32).toString('base64url');
}
