/**
 * Server: one process that takes sessions, put together from all its parts.
 *
 * Starting is all or nothing: what was opened before a part failed is closed again.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { SETTINGS } from '../config.ts';
import { listenAdmin } from '../edge/admin.ts';
import { newDoor, STREAM_PATH } from '../edge/door.ts';
import { listen } from '../edge/listener.ts';
import { socketOptions } from '../edge/socket-options.ts';
import type { Log } from '../log.ts';
import { Metrics } from '../metrics.ts';
import { Registry } from '../session/registry.ts';
import { TapeBudget } from '../session/window.ts';
import { Overlaps, reserveOf } from '../speech/overlaps.ts';
import type { Recognizer } from '../speech/recognizer.ts';
import { Slots } from '../speech/slots.ts';
import { Tickets } from '../wire/ticket.ts';

export interface ServerParts {
  readonly config: Config;
  readonly clock: Clock;
  /** 0..1 */
  readonly random: () => number;
  readonly log: Log;
  /** Where everything is counted; its own unless given. */
  readonly metrics?: Metrics;
  /** Closed with the server. */
  readonly recognizer: Recognizer;
  /** Signs resume tokens; by default the configuration says with which key. */
  readonly tickets?: Tickets;
  /** Name of this process among those that share sessions; random unless given. */
  readonly holder?: string;
  /** This process has taken over a session that `holder` had: that one is to release() it. */
  readonly onTaken?: (session: string, holder: string) => void;
}

export interface Server {
  /** Where devices connect. */
  readonly url: string;
  readonly adminUrl: string;
  readonly metrics: Metrics;
  readonly sessions: () => number;
  /** Another process has taken this session over: here it is forgotten at once. */
  release(session: string): void;
  /** Takes no more sessions, and is closed once those that are open have ended, or `waitMsMax` is over. */
  drain(waitMsMax: number): Promise<void>;
  /** Ends every session and closes everything. May be called again. */
  close(): Promise<void>;
}

/** How often a draining server looks whether it is empty, in milliseconds. */
const DRAIN_LOOK_MS = 100;

const KEY_BYTES = 32;
const HOLDER_BYTES = 8;

type State = 'open' | 'draining' | 'closed';

/** Starts everything, or throws an EarshotError. */
export async function startServer(parts: ServerParts): Promise<Server> {
  const { config, clock, recognizer, metrics = new Metrics() } = parts;
  const registry = new Registry(clock);
  const budget = new TapeBudget(config.tapeBytesMax);
  const total = config.slotsMax ?? recognizer.slotsDefault;
  const reserve = recognizer.rotation === undefined ? 0 : reserveOf(total);
  const slots = newSlots(parts, total - reserve, metrics);
  const overlaps = new Overlaps(reserve, recognizer.starts);
  let state: State = 'open';
  metrics.tapeBytes = () => budget.used;
  metrics.slots = () => slots;
  const isDraining = (): boolean => state !== 'open';
  const notReady = (): string | undefined =>
    isDraining() ? 'this server is going away' : recognizer.ready?.();
  watch(parts, total, metrics, (limit) => follow(limit, slots, overlaps));
  const admin = await listenAdmin({
    host: config.adminHost,
    port: config.adminPort,
    metrics,
    notReady,
  });
  const shared = { ...resuming(parts), slots, overlaps, budget, metrics, isDraining };
  const door = newDoor({ ...parts, ...shared, registry });
  const listener = await listen(door, listenOptions(config)).catch(async (error: unknown) => {
    await admin.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    if (state === 'open') listener.close();
    if (state === 'closed') return;
    state = 'closed';
    registry.endAll({ code: 'draining', message: 'this server is going away' });
    slots.close();
    await Promise.all([admin.close(), recognizer.close()]);
  };
  const drain = async (waitMsMax: number): Promise<void> => {
    if (state !== 'open') return;
    state = 'draining';
    listener.close();
    registry.goAway(waitMsMax);
    const endMs = clock.nowMs() + waitMsMax;
    while (registry.size > 0 && clock.nowMs() < endMs) {
      await new Promise<void>((resolve) => clock.after(DRAIN_LOOK_MS, resolve));
    }
    await close();
  };
  const scheme = config.tlsCertFile === undefined ? 'ws' : 'wss';
  return {
    url: `${scheme}://${authority(config.host, listener.port)}${STREAM_PATH}`,
    adminUrl: `http://${authority(config.adminHost, admin.port)}`,
    metrics,
    sessions: () => registry.size,
    release: (session) => registry.release(session),
    drain,
    close,
  };
}

/** What it takes to go on with sessions of other sockets and processes. */
function resuming({ config, log, tickets, holder, onTaken }: ServerParts) {
  const { resumeKey } = config;
  if (tickets === undefined && resumeKey === undefined) {
    log.warn(
      { setting: SETTINGS.resumeKey.name },
      'no resume key: no other server takes sessions over',
    );
  }
  return {
    tickets: tickets ?? new Tickets(resumeKey ?? randomBytes(KEY_BYTES)),
    holder: holder ?? randomBytes(HOLDER_BYTES).toString('hex'),
    onTaken: onTaken ?? (() => undefined),
  };
}

/** What the recognizer says of itself: whether it serves at all, and how many streams. */
function watch(
  { recognizer, log }: ServerParts,
  total: number,
  metrics: Metrics,
  onLimit: (limit: number) => void,
): void {
  let now = total;
  metrics.streamLimit = () => now;
  metrics.breakerOpen = () => recognizer.ready?.() !== undefined;
  recognizer.watchLimit?.(total, (limit) => {
    if (limit < now) log.warn({ limit, before: now }, 'the recognizer serves fewer streams');
    now = limit;
    onLimit(limit);
  });
}

/** The recognizer serves so many streams, those of the reserve included. */
function follow(limit: number, slots: Slots, overlaps: Overlaps): void {
  const reserve = reserveOf(limit);
  overlaps.setLimit(reserve);
  slots.setLimit(limit - reserve);
}

function newSlots(parts: ServerParts, slotsMax: number, metrics: Metrics): Slots {
  const { config, clock, recognizer } = parts;
  const { queueMax, queueWaitMsMax: waitMsMax } = config;
  const onWaited = (waitMs: number): void => metrics.slotWait.observe(waitMs / 1000);
  return new Slots({ slotsMax, queueMax, waitMsMax }, clock, { onWaited }, recognizer.starts);
}

function listenOptions(config: Config) {
  const { host, port, tlsCertFile: certFile, tlsKeyFile: keyFile } = config;
  const tls = certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
  return { host, port, tls, socket: socketOptions(config) };
}

function authority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
