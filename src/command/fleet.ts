/**
 * Fleet: the command that runs the server as several processes, which share a port and a limit.
 *
 * This one is their supervisor: it holds no session, and answers operators for all of them.
 */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Config } from '../config.ts';
import { listenAdmin } from '../edge/admin.ts';
import type { EarshotError } from '../errors.ts';
import type { HeldPort } from '../fleet/port.ts';
import { holdPort } from '../fleet/port.ts';
import type { StartProcess } from '../fleet/process.ts';
import { Supervisor } from '../fleet/supervisor.ts';
import { Metrics, SUPERVISOR } from '../metrics.ts';
import { choose } from '../speech/choose.ts';
import type { Served, ServeParts } from './serve.ts';
import { announce, introduce } from './serve.ts';
import { authority, resumeKeyOf, scopeOf, urlOf } from './serving.ts';

export interface FleetParts extends ServeParts {
  /** Starts a process that calls runWorker(). */
  readonly start: StartProcess;
  /** No worker has served for a while. */
  readonly onFailed: (error: EarshotError) => void;
}

const NAME_BYTES = 6;

/**
 * How many processes take sessions. With one, that is this process itself: a supervisor would have nothing
 * to share out, and whoever runs the service starts it again as well.
 */
export function workersOf(config: Config, env: ServeParts['env']): number {
  const { name } = choose(config, env);
  return config.workers ?? (name === 'google' ? availableParallelism() : 1);
}

/** Starts all workers and says where they listen, or throws an EarshotError. */
export async function serveFleet(parts: FleetParts): Promise<Served> {
  const { config, env } = parts;
  const choice = choose(config, env);
  const workers = workersOf(config, env);
  introduce(parts, choice);
  parts.terminal.write(`workers: ${workers}\n`);
  const port = await holdPort(config.host, config.port);
  const supervisor = newSupervisor(parts, workers, port);
  const admin = await listenFor(supervisor, parts).catch(async (error: unknown) => {
    await port.release();
    throw error;
  });
  await supervisor.start().catch(async (error: unknown) => {
    await admin.close();
    throw error;
  });
  const served = {
    url: urlOf(config, port.port),
    adminUrl: `http://${authority(config.adminHost, admin.port)}`,
    sessions: () => supervisor.sessions(),
    leave: () => supervisor.leave(),
    renew: () => supervisor.renew(),
    kill: () => supervisor.kill(),
    drain: async (waitMsMax: number) => {
      await supervisor.drain(waitMsMax);
      await admin.close();
    },
    close: async () => {
      await supervisor.close();
      await admin.close();
    },
  };
  announce(parts, served, choice);
  return served;
}

function newSupervisor(parts: FleetParts, workers: number, port: HeldPort): Supervisor {
  const { clock, log, start, onFailed, config } = parts;
  const supervisor = new Supervisor({
    clock,
    log,
    metrics: new Metrics(scopeOf(choose(config, parts.env), config, SUPERVISOR, parts.version)),
    workers,
    start,
    port,
    streamsMax: config.slotsMax,
    startsPerMinuteMax: config.startsPerMinuteMax,
    resumeKey: resumeKeyOf(parts),
    name: randomBytes(NAME_BYTES).toString('base64url'),
    onFailed: (error) => {
      void supervisor.close().then(() => onFailed(error));
    },
  });
  return supervisor;
}

function listenFor(supervisor: Supervisor, { config, onDrain = () => undefined }: FleetParts) {
  return listenAdmin({
    host: config.adminHost,
    token: config.adminToken,
    port: config.adminPort,
    metrics: { text: () => supervisor.text() },
    sessions: () => supervisor.roll.call(),
    notReady: () => supervisor.notReady(),
    onDrain,
  });
}
