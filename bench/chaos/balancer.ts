/**
 * Balancer: haproxy in front of the nodes, as an operator would set it up, in a process of its own.
 *
 * It asks each node's /readyz twice a second, and gives new connections to those that are ready.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Backend {
  readonly name: string;
  readonly port: number;
  readonly adminPort: number;
}

export interface Balancer {
  readonly port: number;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

const UP_MS_MAX = 10_000;
const POLL_MS = 50;

/** Systems take the ports of outgoing connections from above: a server that is down would lose its own. */
const PORTS = { from: 20_000, to: 30_000 } as const;

/** A port of loopback that nobody listens on: until somebody takes it. */
export async function freePort(): Promise<number> {
  while (true) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}

/** Rejects where haproxy isn't installed, or doesn't come up. */
export async function startBalancer(backends: readonly Backend[]): Promise<Balancer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'earshot-haproxy-'));
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, configOf(port, backends));
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const closed = once(child, 'close').catch((error: unknown) => {
    throw new Error(`haproxy does not start, is it installed? ${String(error)}`);
  });
  const stop = async (): Promise<void> => {
    kill();
    await closed;
    process.off('exit', kill);
    await rm(folder, { recursive: true });
  };
  const ended = closed.then(() => {
    throw new Error('haproxy ended before it was up');
  });
  await Promise.race([listens(port), ended]);
  ended.catch(() => undefined);
  return { port, stop };
}

async function listens(port: number): Promise<void> {
  const untilMs = performance.now() + UP_MS_MAX;
  while (performance.now() < untilMs) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`haproxy does not listen on ${port} after ${UP_MS_MAX} ms`);
}

function configOf(port: number, backends: readonly Backend[]): string {
  const servers = backends.map(
    (node) =>
      `  server ${node.name} 127.0.0.1:${node.port} check port ${node.adminPort} inter 500 fall 1 rise 1`,
  );
  return [
    'global',
    '  maxconn 4000',
    'defaults',
    '  mode http',
    '  timeout connect 2s',
    '  timeout client 60s',
    '  timeout server 60s',
    '  timeout tunnel 1h',
    '  timeout check 1s',
    '  retries 2',
    '  option redispatch 1',
    'frontend phones',
    `  bind 127.0.0.1:${port}`,
    '  default_backend nodes',
    'backend nodes',
    '  balance leastconn',
    '  option httpchk GET /readyz',
    ...servers,
    '',
  ].join('\n');
}
