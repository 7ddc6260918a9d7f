/**
 * Child: a process of a bench, from its first line to its end.
 *
 * It is ended by its own id, at the latest when the bench itself ends, however that comes about.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ChildOptions {
  /** Node, unless given. */
  readonly command?: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The last line it says of its coming up. */
  readonly upBy: RegExp;
  /** Every line after that. */
  readonly onLine?: (line: string) => void;
  /** Every line of its log; unless given, that goes where this process's errors go. */
  readonly onLog?: (line: string) => void;
}

export interface Child {
  readonly pid: number;
  /** What it said until it was up. */
  readonly said: string;
  /** How it ended: its code or its signal. */
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
  signal(name: 'SIGTERM'): void;
  /** Ends it and waits until it is gone and its last line is read. */
  stop(): Promise<void>;
}

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;

/** Rejects when it ends before it is up, or isn't up within a minute. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { command = process.execPath, argv, env, upBy, onLine, onLog } = options;
  const child = spawn(command, [...argv], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const closed = once(child, 'close').finally(() => process.off('exit', kill));
  const ended = closed.then(() => [child.exitCode, child.signalCode] as const);
  child.stdin.end();
  if (onLog === undefined) child.stderr.pipe(process.stderr, { end: false });
  else createInterface({ input: child.stderr }).on('line', onLog);
  const late = setTimeout(kill, START_MS_MAX);
  const before: string[] = [];
  let state: 'starting' | 'up' = 'starting';
  const up = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (state === 'up') {
        onLine?.(line);
        return;
      }
      before.push(line);
      if (!upBy.test(line)) return;
      state = 'up';
      resolve();
    });
  });
  const why = await Promise.race([up, closed.then(() => 'it ended', String)]);
  clearTimeout(late);
  const said = before.join('\n');
  if (why !== undefined) throw new Error(`${argv.join(' ')} did not come up: ${why}. ${said}`);
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    const slow = setTimeout(kill, STOP_MS_MAX);
    await closed;
    clearTimeout(slow);
  };
  const signal = (name: 'SIGTERM'): boolean => child.kill(name);
  return { pid: child.pid ?? 0, said, ended, signal, stop };
}
