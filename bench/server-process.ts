/**
 * Server process: the real server for a bench, in a process of its own.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  readonly url: string;
  readonly adminUrl: string;
  readonly pid: number;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

const START_MS_MAX = 60_000;
const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));

/** Starts `earshot serve` on free ports; rejects when it doesn't come up. */
export async function startServerProcess(
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const free = { EARSHOT_PORT: '0', EARSHOT_ADMIN_PORT: '0', EARSHOT_LOG_LEVEL: 'warn' };
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: { ...process.env, ...free, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGINT');
    await once(child, 'exit');
  };
  const said = await linesUntilListening(child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const url = /listening on (\S+)/.exec(said)?.[1] ?? '';
  const adminUrl = /admin: (\S+)\/metrics/.exec(said)?.[1] ?? '';
  return { url, adminUrl, pid: child.pid ?? 0, stop };
}

async function linesUntilListening(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the server has no standard output');
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS_MAX);
  let said = '';
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    if (!line.startsWith('listening on')) continue;
    clearTimeout(timer);
    return said;
  }
  clearTimeout(timer);
  throw new Error(`the server ended before it listened: ${said}`);
}
