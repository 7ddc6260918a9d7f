/**
 * Arms: the servers that a bench compares, each in a process of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../child.ts';
import type { Plan } from '../load/plan.ts';
import { CORES, compiled, hasPython, PYTHON, pinned } from './machine.ts';

/** What a sink counted. */
export interface Sunk {
  readonly bytes: number;
  readonly frames: number;
}

export interface RunningArm extends Pick<Plan, 'address' | 'speaks' | 'pids' | 'collects'> {
  readonly adminUrl: string;
  /** Ends it; what it counted, where it counts. */
  stop(): Promise<Sunk | undefined>;
}

export interface Arm {
  readonly name: string;
  readonly what: string;
  start(): Promise<RunningArm>;
}

interface ArmCommand {
  readonly command: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly speaks: Plan['speaks'];
  readonly collects: boolean;
  readonly isTls?: boolean;
}

const PATH = '/v1/stream';

/** As it lies in the build. */
function built(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** As it lies in the sources: what isn't compiled along. */
export function source(path: string): string {
  return fileURLToPath(new URL(`../../../bench/${path}`, import.meta.url));
}

/** Starts it on the server's core; it says `listens on PORT`. */
export async function startArm(arm: ArmCommand): Promise<RunningArm> {
  let sunk: Sunk | undefined;
  const child = await startChild({
    ...pinned(CORES.server, arm.command, arm.argv),
    env: arm.env ?? {},
    upBy: /^listens on/,
    onLine: (line) => {
      if (line.startsWith('{')) sunk = JSON.parse(line) as Sunk;
    },
  });
  const port = Number(/^listens on (\d+)/m.exec(child.said)?.[1]);
  return {
    address: { host: '127.0.0.1', port, path: PATH, isTls: arm.isTls === true },
    speaks: arm.speaks,
    pids: [child.pid],
    collects: arm.collects,
    adminUrl: /^admin (\S+)/m.exec(child.said)?.[1] ?? '',
    stop: async () => {
      await child.stop();
      return sunk;
    },
  };
}

const NODE = process.execPath;

/** More than any bench asks for. */
const AMPLE = {
  EARSHOT_PORT: '0',
  EARSHOT_ADMIN_PORT: '0',
  EARSHOT_LOG_LEVEL: 'error',
  EARSHOT_SESSIONS_MAX: '100000',
  EARSHOT_SLOTS_MAX: '20000',
  EARSHOT_IDLE_MS_MAX: '600000',
};

/** The server with a recognizer by that name, before `endpoint`. */
export function earshot(
  recognizer: string,
  what: string,
  endpoint = '',
  settings: Readonly<Record<string, string>> = {},
): Arm {
  const argv = ['--expose-gc', built('processes/session-server.js'), recognizer, endpoint];
  const env = { ...AMPLE, ...settings };
  const isTls = settings['EARSHOT_TLS_CERT_FILE'] !== undefined;
  const command = { command: NODE, argv, env, speaks: 'earshot', collects: true, isTls } as const;
  return { name: recognizer, what, start: () => startArm(command) };
}

function node(name: string, what: string, file: string): Arm {
  const command = { command: NODE, argv: ['--expose-gc', built(file)], collects: true } as const;
  return { name, what, start: () => startArm({ ...command, speaks: 'nothing' }) };
}

export const EARSHOT = earshot('null', 'Earshot, a whole session before a null recognizer');
export const UWS = node('uws', 'uWebSockets.js, receive and copy', 'peers/uws-sink.js');
export const WS = node('ws', '`ws` with bufferutil, receive', 'peers/ws-sink.js');

/** Peers that a machine may lack; for those that it does, a sentence. */
export function guests(): { readonly arms: readonly Arm[]; readonly missing: readonly string[] } {
  const arms: Arm[] = [];
  const missing: string[] = [];
  const common = { speaks: 'nothing', collects: false } as const;
  if (hasPython(['websockets'])) {
    const what = 'Python `websockets`, receive';
    const argv = [source('peers/python-sink.py')];
    const start = (): Promise<RunningArm> => startArm({ command: PYTHON, argv, ...common });
    arms.push({ name: 'python', what, start });
  } else missing.push(`skipped: Python, for want of ${PYTHON} with websockets`);
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'epoll-sink');
  if (compiled(source('peers/epoll-sink.c'), program)) {
    const what = 'C on epoll, receive and unmask: the limit';
    const start = (): Promise<RunningArm> => startArm({ command: program, argv: [], ...common });
    arms.push({ name: 'epoll', what, start });
  } else missing.push('skipped: C on epoll, for want of cc');
  return { arms, missing };
}
