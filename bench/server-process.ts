/**
 * Server process: the real server for a bench, in a process of its own.
 */
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';

export interface ServerProcess {
  readonly url: string;
  readonly adminUrl: string;
  readonly pid: number;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** What Node itself is told. */
  readonly nodeOptions?: readonly string[];
  /** Every line that it says once it is up. */
  readonly onLine?: (line: string) => void;
  /** Every line of its log; unless given, that goes where this process's errors go. */
  readonly onLog?: (line: string) => void;
}

export const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));

/** Starts `earshot serve` on free ports; rejects when it doesn't come up. */
export async function startServerProcess(
  settings: Readonly<Record<string, string>>,
  { nodeOptions = [], ...events }: ServerOptions = {},
): Promise<ServerProcess> {
  const free = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0', EARSHOT_LOG_LEVEL: 'warn' };
  const { pid, said, stop } = await startChild({
    argv: [...nodeOptions, MAIN, 'serve'],
    env: { ...free, ...settings },
    upBy: /^listening on/,
    ...events,
  });
  const url = /listening on (\S+)/.exec(said)?.[1] ?? '';
  const adminUrl = /admin: (\S+)\/metrics/.exec(said)?.[1] ?? '';
  return { url, adminUrl, pid, stop };
}
