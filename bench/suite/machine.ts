/**
 * Machine: what a bench runs on, and how its processes are kept apart.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

/** As Debian has it: its packages are for no other one. */
export const PYTHON = '/usr/bin/python3';

/** The cores of the server, and of all that is around it. */
export const CORES = { server: 0, around: 1 } as const;

function output(command: string, argv: readonly string[]): string | undefined {
  try {
    return execFileSync(command, [...argv], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

const canPin = availableParallelism() > 1 && output('taskset', ['-c', '0', 'true']) !== undefined;

interface Command {
  readonly command: string;
  readonly argv: readonly string[];
}

/** The same command on one core, where that can be said. */
export function pinned(core: number, command: string, argv: readonly string[]): Command {
  if (!canPin) return { command, argv };
  return { command: 'taskset', argv: ['-c', `${core}`, command, ...argv] };
}

/** Whether Debian's Python is here, with these modules. */
export function hasPython(modules: readonly string[]): boolean {
  return existsSync(PYTHON) && output(PYTHON, ['-c', `import ${modules.join(', ')}`]) !== undefined;
}

/** Compiles `source` to `program`; false where there is no compiler. */
export function compiled(source: string, program: string): boolean {
  return output('cc', ['-O2', '-o', program, source]) !== undefined;
}

/** Has protoc describe `proto` and all it needs in `file`; false where there is none. */
export function described(proto: string, folders: readonly string[], file: string): boolean {
  const from = folders.flatMap((folder) => ['-I', folder]);
  const argv = [...from, '--include_imports', `--descriptor_set_out=${file}`, proto];
  return output('protoc', argv) !== undefined;
}

function versionOf(name: string): string {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

const PACKAGES = ['uWebSockets.js', 'ws', 'bufferutil', '@google-cloud/speech', '@grpc/grpc-js'];

/** What figures depend upon, for who reads them. */
export function machine(): Record<string, string | number | undefined> {
  const python = 'import websockets, grpc; print(websockets.__version__, grpc.__version__)';
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  return {
    commit: output('git', ['-C', root, 'describe', '--always', '--dirty']),
    date: new Date().toISOString().slice(0, 16),
    node: process.versions.node,
    ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    'python, websockets, grpcio': [
      output(PYTHON, ['-V'])?.split(' ')[1],
      output(PYTHON, ['-c', python]),
    ].join(', '),
    cc: output('cc', ['-dumpfullversion']),
    cores: availableParallelism(),
    cpu: cpus()[0]?.model,
    pinned: canPin ? 'the server to a core of its own' : 'no',
    scheduling: output('chrt', ['-p', `${process.pid}`])?.match(/policy: (\S+)/)?.[1],
    load: Number(loadavg()[0]?.toFixed(2)),
  };
}
