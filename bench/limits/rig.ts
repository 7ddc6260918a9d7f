/**
 * Rig: the real server before the emulator, each in processes of its own, and what they say of themselves.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { Report } from '../../test/emulator/emulator.ts';
import { newKey } from '../chaos/node.ts';
import type { EmulatorProcess } from '../emulator-process.ts';
import { startEmulatorProcess } from '../emulator-process.ts';
import type { ServerOptions, ServerProcess } from '../server-process.ts';
import { startServerProcess } from '../server-process.ts';

export interface RigOptions extends ServerOptions {
  /** Settings of the server, beyond those that lead it to the emulator. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Options of the emulator. */
  readonly emulator?: readonly string[];
}

/** More than any part asks for: it is the server that is to be tried, not Google's quota. */
const OVERLOAD = /"level":"(\w+)","before"/;
const AMPLE = ['--concurrent-max=10000', '--starts-max=1000000'];

export class Rig {
  readonly emulator: EmulatorProcess;
  readonly server: ServerProcess;
  /** The levels of overload that workers came to, in order. */
  readonly overload: readonly string[];

  private constructor(
    emulator: EmulatorProcess,
    server: ServerProcess,
    overload: readonly string[],
  ) {
    this.emulator = emulator;
    this.server = server;
    this.overload = overload;
  }

  /** Starts both, and ends them however `use` ends. */
  static async with<T>(options: RigOptions, use: (rig: Rig) => Promise<T>): Promise<T> {
    const { settings, emulator: words = [], ...rest } = options;
    const emulator = await startEmulatorProcess([...AMPLE, ...words]);
    try {
      const google = {
        EARSHOT_RECOGNIZER: 'google',
        EARSHOT_GOOGLE_ENDPOINT: emulator.endpoint,
        EARSHOT_RESUME_KEY: newKey(),
      };
      const overload: string[] = [];
      const onLog = (line: string): void => {
        const level = OVERLOAD.exec(line)?.[1];
        if (level === undefined) process.stderr.write(`${line}\n`);
        else overload.push(level);
      };
      const all = { ...google, ...settings };
      const server = await startServerProcess(all, { onLog, ...rest });
      try {
        return await use(new Rig(emulator, server, overload));
      } finally {
        await server.stop();
      }
    } finally {
      await emulator.stop();
    }
  }

  get url(): string {
    return this.server.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** All series, as text. */
  async metrics(): Promise<string> {
    return await (await fetch(`${this.server.adminUrl}/metrics`)).text();
  }

  report(): Promise<Report> {
    return this.emulator.report();
  }

  /** Memory (RSS) of the server and its workers, in MB; undefined where the system doesn't say. */
  async rssMb(): Promise<number | undefined> {
    const pids = [this.server.pid, ...(await childrenOf(this.server.pid))];
    const kbs = await Promise.all(pids.map(rssKb));
    const kb = kbs.reduce((sum, each) => sum + each, 0);
    return kb === 0 ? undefined : kb / 1024;
  }

  /** CPU seconds that the server with its workers, and the emulator, have taken so far. */
  async cpuSeconds(): Promise<{ readonly server: number; readonly emulator: number }> {
    const pids = [this.server.pid, ...(await childrenOf(this.server.pid))];
    const server = (await Promise.all(pids.map(cpuOf))).reduce((sum, each) => sum + each, 0);
    return { server, emulator: await cpuOf(this.emulator.pid) };
  }
}

/** Processes that this one has started; Linux alone says it. */
async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/children`)),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

async function rssKb(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await textOf(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** The system counts in hundredths. */
async function cpuOf(pid: number): Promise<number> {
  const after = (await textOf(`/proc/${pid}/stat`)).split(') ')[1]?.split(' ') ?? [];
  return (Number(after[11] ?? 0) + Number(after[12] ?? 0)) / 100;
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
