/**
 * Server: one process that takes sessions, and its port for operators.
 *
 * Starting is all or nothing: what was opened before a part failed is closed again.
 */
import type { Clock, Timer } from '../clock.ts';
import { listenAdmin } from '../edge/admin.ts';
import { Metrics } from '../metrics.ts';
import { Tickets } from '../wire/ticket.ts';
import type { Running } from './departure.ts';
import { CLOSE_MS } from './departure.ts';
import type { Serving, ServingParts } from './serving.ts';
import { authority, resumeKeyOf, startServing } from './serving.ts';

export interface ServerParts extends Omit<ServingParts, 'metrics' | 'share' | 'tickets'> {
  /** Where everything is counted; its own unless given. */
  readonly metrics?: Metrics;
  /** Signs resume tokens; by default the configuration says with which key. */
  readonly tickets?: Tickets;
  /** Somebody wants the server to go away. */
  readonly onDrain?: () => void;
}

export interface Server extends Omit<Serving, 'sessions'>, Running {
  readonly adminUrl: string;
  readonly metrics: Metrics;
  readonly sessions: () => number;
}

/** Starts everything, or throws an EarshotError. */
export async function startServer(parts: ServerParts): Promise<Server> {
  const { config, metrics = new Metrics(), onDrain = () => undefined } = parts;
  const tickets = parts.tickets ?? new Tickets(resumeKeyOf(parts));
  const serving = startServing({ ...parts, metrics, tickets });
  const { notReady, table: sessions } = serving;
  const { adminHost: host, adminPort: port, adminToken: token } = config;
  const asked = { host, port, token, metrics, sessions, notReady, onDrain };
  const admin = await listenAdmin(asked).catch(async (error: unknown) => {
    await serving.close();
    throw error;
  });
  return {
    ...serving,
    adminUrl: `http://${authority(host, admin.port)}`,
    metrics,
    drain: async (waitMsMax) => {
      await within(parts.clock, waitMsMax + CLOSE_MS, serving.drain(waitMsMax));
      await admin.close();
    },
    close: async () => {
      await Promise.all([serving.close(), admin.close()]);
    },
  };
}

/** Resolves with `run`, or after so many milliseconds. */
async function within(clock: Clock, msMax: number, run: Promise<void>): Promise<void> {
  let timer: Timer | undefined;
  const late = new Promise<void>((resolve) => {
    timer = clock.after(msMax, resolve);
  });
  await Promise.race([run, late]);
  timer?.cancel();
}
