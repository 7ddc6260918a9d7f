/**
 * Port: holds the port that workers are to share, until the first of them listens on it.
 *
 * Workers listen with SO_REUSEPORT, which a second Earshot on the same port would join in silence. So the
 * supervisor listens first, as one that shares with nobody: that fails where anybody listens, and makes a
 * port of 0. It lets go when the first worker is ready to listen at once. Who tries in between gets the
 * port, and the worker fails; nobody ever shares it with a stranger. Connections that come before are
 * closed: they would wait for a process that doesn't answer.
 */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { EarshotError, messageOf } from '../errors.ts';

export interface HeldPort {
  readonly port: number;
  /** Lets go: resolves when somebody else can listen. */
  release(): Promise<void>;
}

/** Throws `listen_failed`. `port` 0 takes any free one. */
export async function holdPort(host: string, port: number): Promise<HeldPort> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const message = `cannot listen on ${host}:${port}: ${messageOf(error)}; set EARSHOT_PORT or EARSHOT_HOST to another, or stop what listens there`;
      reject(new EarshotError('listen_failed', 'edge', message, error));
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
