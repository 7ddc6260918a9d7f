/**
 * Serving: what takes sessions, put together from all its parts, without a port for operators.
 *
 * One process has it for itself; or it is a worker, which shares the port and what it may have with
 * others. Starting is all or nothing: what was opened before a part failed is closed again.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { SETTINGS } from '../config.ts';
import type { Auth } from '../edge/auth.ts';
import { newAuth } from '../edge/auth.ts';
import { newDoor, STREAM_PATH } from '../edge/door.ts';
import { Gate } from '../edge/gate.ts';
import { listen } from '../edge/listener.ts';
import { memoryShare } from '../edge/memory.ts';
import { Overload } from '../edge/overload.ts';
import { Relief } from '../edge/relief.ts';
import type { Renewals } from '../edge/renewal.ts';
import { renewalOf } from '../edge/renewal.ts';
import { readSite } from '../edge/site.ts';
import { socketOptions } from '../edge/socket-options.ts';
import { expiryOf } from '../edge/tls.ts';
import type { Holder } from '../fleet/messages.ts';
import type { Share } from '../fleet/share.ts';
import { WatchedOverlaps, WatchedSlots } from '../fleet/watched.ts';
import type { Table } from '../live.ts';
import { sumsOf, tableOf } from '../live.ts';
import type { Log } from '../log.ts';
import type { Metrics, Scope } from '../metrics.ts';
import { Registry } from '../session/registry.ts';
import { TapeBudget } from '../session/window.ts';
import type { Choice } from '../speech/choose.ts';
import { Overlaps, reserveOf } from '../speech/overlaps.ts';
import type { Recognizer } from '../speech/recognizer.ts';
import { Slots } from '../speech/slots.ts';
import { vitalsNow } from '../vitals.ts';
import { CLOSE } from '../wire/close.ts';
import type { Tickets } from '../wire/ticket.ts';

export interface ServingParts {
  readonly config: Config;
  readonly clock: Clock;
  /** 0..1 */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Closed with the server. */
  readonly recognizer: Recognizer;
  /** How many such processes share the machine; 1 unless given. */
  readonly workers?: number;
  /** Who says how many slots there are, where other processes share them. */
  readonly share?: Share;
  /** Signs resume tokens. */
  readonly tickets: Tickets;
  /** Name of this process among those that share sessions; random unless given. */
  readonly holder?: Holder;
  /** This process has taken over a session that `holder` had: that one is to release() it, `as` it was called. */
  readonly onTaken?: (session: string, holder: Holder, as: string) => void;
}

export interface Serving {
  /** Where devices connect. */
  readonly url: string;
  readonly sessions: () => number;
  /** Of all sessions that are there now. */
  readonly table: () => Table;
  /** Why no session would be taken now, or undefined when one would. */
  readonly notReady: () => string | undefined;
  /** Another process has taken this session over: here it is forgotten at once, if it is still called so. */
  release(session: string, as: string): void;
  /** Reads certificates and keys anew, as it does by itself soon after they have changed. */
  renew(): void;
  /** Is not ready any more, and still takes sessions. */
  leave(): void;
  /** Takes no more sessions, and is closed once those that are open have ended, or `waitMsMax` of the first call is over. */
  drain(waitMsMax: number): Promise<void>;
  /** Ends every session and closes everything. May be called again. */
  close(): Promise<void>;
}

/** How often a draining server looks whether it is empty, in milliseconds. */
const DRAIN_LOOK_MS = 100;

const BUSY = 'this server has too much to do';

/** As long as what HMAC-SHA256 makes of it. */
const KEY_BYTES = 32;
const HOLDER_BYTES = 8;

type State = 'open' | 'leaving' | 'draining' | 'closed';

/** Who may have streams. */
interface Room {
  readonly slots: Slots;
  readonly overlaps: Overlaps;
}

/** Starts everything, or throws an EarshotError; the recognizer stays open then. */
export function startServing(parts: ServingParts): Serving {
  const { config, clock, recognizer } = parts;
  const registry = new Registry(clock);
  const budget = new TapeBudget(config.tapeBytesMax);
  const { slots, overlaps } = newRoom(parts);
  let state: State = 'open';
  const isDraining = (): boolean => state === 'draining' || state === 'closed';
  const { holder = randomBytes(HOLDER_BYTES).toString('hex'), onTaken = () => undefined } = parts;
  const overload = new Overload(config.loopDelayMsMax);
  const shared = { slots, overlaps, budget, registry, isDraining, holder, onTaken, overload };
  const guards = { auth: newAuth(config, clock), gate: new Gate(config) };
  const listener = listen(newDoor({ ...parts, ...shared, ...guards }), listenOptions(parts));
  const renewal = newRenewal(parts, [listener, certificateOf(parts)], guards.auth);
  const memory = (): number => memoryShare(parts.workers ?? 1);
  const relief = new Relief({ ...parts, overload, registry, budget, memoryShare: memory });
  const end = async (): Promise<void> => {
    if (!isDraining()) listener.close();
    state = 'closed';
    registry.endAll({ code: 'draining', message: CLOSE.draining.when });
    slots.close();
    relief.close();
    renewal.close();
    await recognizer.close();
  };
  let ended: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ended ??= end();
    return ended;
  };
  const empty = async (waitMsMax: number): Promise<void> => {
    if (isDraining()) return close();
    state = 'draining';
    listener.close();
    registry.goAway(waitMsMax);
    await emptied(registry, clock, waitMsMax);
    await close();
  };
  let drained: Promise<void> | undefined;
  show(parts.metrics, { ...shared, recognizer });
  return {
    url: urlOf(config, listener.port),
    sessions: () => registry.size,
    table: () => tableOf(registry.rows()),
    notReady: () => {
      if (state !== 'open') return CLOSE.draining.when;
      return recognizer.ready?.() ?? (overload.does('refuse') ? BUSY : undefined);
    },
    renew: () => renewal.renew(),
    release: (session, as) => registry.release(session, as),
    leave: () => {
      if (state === 'open') state = 'leaving';
    },
    drain: (waitMsMax) => {
      drained ??= empty(waitMsMax);
      return drained;
    },
    close,
  };
}

interface Shown {
  readonly budget: TapeBudget;
  readonly slots: Slots;
  readonly registry: Registry;
  readonly recognizer: Recognizer;
}

/** From now on these are to be seen in the metrics, and that this process takes sessions. */
function show(metrics: Metrics, { budget, slots, registry, recognizer }: Shown): void {
  metrics.tapeBytes = () => budget.used;
  metrics.slots = () => slots;
  metrics.live = () => sumsOf(registry.rows());
  metrics.breakerOpen = () => recognizer.ready?.() !== undefined;
  metrics.workers = 1;
}

/** Tells when the certificate expires, now and whenever it was renewed. */
function certificateOf({ config, metrics }: ServingParts): { renew(): void } {
  const { tlsCertFile } = config;
  const renew = (): void => {
    if (tlsCertFile !== undefined) metrics.certificateExpiryS = expiryOf(tlsCertFile);
  };
  renew();
  return { renew };
}

function newRenewal(
  { config, clock, log }: ServingParts,
  ofTls: readonly { renew(): void }[],
  auth: Pick<Auth, 'renew'>,
): Renewals {
  const { tlsCertFile, tlsKeyFile, authKeysFile } = config;
  return renewalOf({ clock, log }, [
    [ofTls, [tlsCertFile, tlsKeyFile]],
    [[auth], [authKeysFile]],
  ]);
}

/** Resolves once there is no session, or after so many milliseconds. */
async function emptied(registry: Registry, clock: Clock, waitMsMax: number): Promise<void> {
  const endMs = clock.nowMs() + waitMsMax;
  while (registry.size > 0 && clock.nowMs() < endMs) {
    await new Promise<void>((resolve) => clock.after(DRAIN_LOOK_MS, resolve));
  }
}

/** Which series a process has. `version`: of the program, where this process is the one that is scraped. */
export function scopeOf(
  { name }: Choice,
  { tlsCertFile }: Config,
  worker: string,
  version?: string,
): Scope {
  const tls = tlsCertFile !== undefined;
  const scope = { worker, google: name === 'google', tls, vitals: vitalsNow };
  return version === undefined ? scope : { ...scope, version };
}

/** The key of resume tokens: as it is set, or one that no other server has. */
export function resumeKeyOf({ config, log }: Pick<ServingParts, 'config' | 'log'>): string {
  if (config.resumeKey !== undefined) return config.resumeKey;
  const setting = SETTINGS.resumeKey.name;
  log.warn({ setting }, 'no resume key: no other server takes sessions over');
  return randomBytes(KEY_BYTES).toString('base64url');
}

/** Where devices connect to a server with these settings that took `port`. */
export function urlOf({ host, tlsCertFile }: Config, port: number): string {
  const scheme = tlsCertFile === undefined ? 'ws' : 'wss';
  return `${scheme}://${authority(host, port)}${STREAM_PATH}`;
}

/** Where a browser finds the live page, at that port too. */
export function pageUrlOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol === 'ws:' ? 'http' : 'https'}://${host}/`;
}

export function authority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function newRoom(parts: ServingParts): Room {
  return parts.share === undefined ? ownRoom(parts) : sharedRoom(parts, parts.share);
}

/** As much as the share allows, from moment to moment. */
function sharedRoom(parts: ServingParts, share: Share): Room {
  const onChange = (): void => share.changed();
  const slots = new WatchedSlots(slotParts(parts, 0), onChange);
  const overlaps = new WatchedOverlaps(onChange, parts.recognizer.starts);
  share.attach(slots, overlaps);
  return { slots, overlaps };
}

/** As much as is configured, and the recognizer can do. */
function ownRoom(parts: ServingParts): Room {
  const { config, recognizer, metrics, log } = parts;
  let total = config.slotsMax ?? recognizer.slotsDefault;
  const reserve = recognizer.rotation === undefined ? 0 : reserveOf(total);
  const slots = new Slots(...slotParts(parts, total - reserve));
  const overlaps = new Overlaps(reserve, recognizer.starts);
  metrics.streamLimit = () => total;
  recognizer.watchLimit?.(total, (limit) => {
    if (limit < total) log.warn({ limit, before: total }, 'the recognizer serves fewer streams');
    total = limit;
    overlaps.setLimit(reserveOf(limit));
    slots.setLimit(limit - reserveOf(limit));
  });
  return { slots, overlaps };
}

function slotParts(
  { config, clock, metrics, recognizer }: ServingParts,
  slotsMax: number,
): ConstructorParameters<typeof Slots> {
  const { queueMax, queueWaitMsMax: waitMsMax } = config;
  const onWaited = (waitMs: number): void => metrics.slotWait.observe(waitMs / 1000);
  return [{ slotsMax, queueMax, waitMsMax }, clock, { onWaited }, recognizer.starts];
}

function listenOptions({ config, share }: ServingParts) {
  const { host, port, tlsCertFile: certFile, tlsKeyFile: keyFile } = config;
  const tls = certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
  const site = config.page === 'on' ? readSite() : new Map();
  return {
    host,
    port,
    shared: share !== undefined,
    tls,
    isProxied: config.proxy === 'v2',
    site,
    socket: socketOptions(config),
  };
}
