/**
 * Program: a case against any client, which is a command: the tester's commands go in, a line of JSON
 * each, and what its app is told comes out likewise. README.md says which.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { systemClock } from '../../src/clock.ts';
import type { ClientCase, Json } from './case.ts';
import { ClientPlay } from './client-play.ts';
import { listen } from './front.ts';

export interface Program {
  /** As for a shell; `{url}` stands for the address. */
  readonly command: string;
  /** How much later than it should a thing may come. */
  readonly slackMs: number;
}

/** What was wrong, a sentence each; empty when nothing was. */
export async function playProgram(
  one: ClientCase,
  { command, slackMs }: Program,
): Promise<string[]> {
  let tell: (line: Json) => void = () => undefined;
  const play: ClientPlay = new ClientPlay({
    clock: systemClock,
    slackMs,
    tell: (line) => tell(line),
  });
  const front = await listen((attempt) => play.onAttempt(attempt));
  // A group of its own, so that what a shell has started ends with it.
  const child = spawn(command.replaceAll('{url}', front.url), {
    shell: true,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaints: string[] = [];
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = parsed(line);
    if (said !== undefined) play.onTold(said);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  tell = (line) => child.stdin.write(`${JSON.stringify(line)}\n`);
  try {
    const wrong = await play.play(one, front.url);
    return wrong.length === 0
      ? []
      : [...wrong, ...complaints.slice(-5).map((line) => `it says: ${line}`)];
  } finally {
    if (child.pid !== undefined && child.exitCode === null) {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
    await ended;
    await front.close();
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
