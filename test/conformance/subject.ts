/**
 * Subject: a client under test, which is a command: the tester's commands go in, a line of JSON each, and
 * what its app is told comes out likewise. README.md says which.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Json } from './case.ts';

/** Of what it writes to its standard error. */
const COMPLAINTS_MAX = 5;

export interface Subject {
  tell(command: Json): void;
  /** What it complained of last. */
  readonly complaints: readonly string[];
  /** Ends it, however it is. */
  end(): Promise<void>;
}

/** `command` is as for a shell; `{url}` in it stands for the address. */
export function startSubject(command: string, url: string, onTold: (line: Json) => void): Subject {
  // A group of its own, so that what a shell has started ends with it.
  const child = spawn(command.replaceAll('{url}', url), {
    shell: true,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaints: string[] = [];
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stderr }).on('line', (line) => {
    complaints.push(line);
    if (complaints.length > COMPLAINTS_MAX) complaints.shift();
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = parsed(line);
    if (said !== undefined) onTold(said);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    complaints,
    tell: (line) => void child.stdin.write(`${JSON.stringify(line)}\n`),
    end() {
      if (child.pid !== undefined && child.exitCode === null) kill(child.pid);
      return ended;
    },
  };
}

function kill(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** A client may print other things too. */
function parsed(line: string): Json | undefined {
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === 'object' && said !== null ? { ...said } : undefined;
  } catch {
    return undefined;
  }
}
