/**
 * Gate: how often and how many may come, and how much they may send: by address, device and fleet.
 *
 * Connections a minute are counted by rate-limiter-flexible, which this file alone knows; what is sent,
 * by buckets of our own, some frames at a time. Each process counts for itself. From this machine itself
 * comes a proxy or a trial: unless a limit is set, its address has none.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../config.ts';
import type { Fault } from '../wire/fault.ts';
import type { Refused } from './auth.ts';
import { Bucket, FULL_MS } from './bucket.ts';
import type { Visitor } from './claims.ts';

type Scope = 'address' | 'device' | 'fleet';
type LimitName = Extract<keyof Config, `${Scope}${string}Max`>;
export type GateLimits = Pick<Config, LimitName>;

/** Of one address, device or fleet while it has connections, or had some a moment ago. */
interface Account {
  readonly name: string;
  sessions: number;
  readonly sessionsMax: number;
  readonly bytes: Bucket;
  readonly messages: Bucket;
}

/** What is asked of an address unless that is set, and of this machine's not at all. */
const ADDRESS = { connects: 1_200, sessions: 2_000 } as const;
/** When a device that has too many connections may come again. */
const RETRY_MS = 5_000;
const MINUTE_S = 60;
/** Accounts without a connection that are kept until their buckets are full again; beyond it the oldest go. */
const LEFT_MAX = 10_000;
/** Sockets of a device beyond its limit: one that takes up a session comes before the dead one is gone. */
const SPARE_SOCKETS = 1;
/**
 * Of what an account may have in a second, all its connections together count so much before they ask it:
 * accounts lie scattered in memory, which costs more than the rest of a limit (bench: ingest).
 */
const TAB_SHARE = 1 / 20;
/** A name that doesn't come again. */
const NOBODY = 'device nobody ';

function isBounded({ messages, bytes }: Account): boolean {
  return messages.isBounded || bytes.isBounded;
}

/** How much one connection may count by itself. */
function tabOf(accounts: readonly Account[], perSecond: (account: Account) => number): number {
  return Math.min(...accounts.map((each) => (TAB_SHARE * perSecond(each)) / each.sessions));
}

/** What one connection has of its accounts. */
export class Pass {
  readonly #accounts: readonly Account[];
  /** Those that limit what is sent. */
  readonly #bounded: readonly Account[];
  readonly #onLeft: (name: string, nowMs: number) => void;
  /** The tab: what has come that no account knows of yet, and from what on they are asked. At first they are at once. */
  #bytes = 0;
  #messages = 0;
  #bytesMax = 0;
  #messagesMax = 0;

  /** `onLeft`: an account has no connection any more. */
  constructor(accounts: readonly Account[], onLeft: (name: string, nowMs: number) => void) {
    this.#accounts = accounts;
    // A copy: what filter() makes has room for 17, and takes more than the rest of a pass.
    this.#bounded = accounts.filter(isBounded).slice();
    this.#onLeft = onLeft;
  }

  /** A message of `bytes`: what is wrong when it is one too many. */
  take(bytes: number, clock: Pick<Clock, 'nowMs'>): Fault | undefined {
    const [bytesNow, messagesNow] = [this.#bytes + bytes, this.#messages + 1];
    if (bytesNow >= this.#bytesMax || messagesNow >= this.#messagesMax) {
      return this.#ask(bytes, clock.nowMs());
    }
    this.#bytes = bytesNow;
    this.#messages = messagesNow;
    return undefined;
  }

  #ask(bytes: number, nowMs: number): Fault | undefined {
    this.#settle(nowMs);
    this.#bytesMax = tabOf(this.#bounded, ({ bytes: { perSecond } }) => perSecond);
    this.#messagesMax = tabOf(this.#bounded, ({ messages: { perSecond } }) => perSecond);
    for (const account of this.#bounded) {
      const isFine = account.messages.take(1, nowMs) && account.bytes.take(bytes, nowMs);
      if (!isFine) return TOO_MUCH;
    }
    return undefined;
  }

  /** Accounts hear of what has come, and may owe it. */
  #settle(nowMs: number): void {
    for (const account of this.#bounded) {
      account.bytes.owe(this.#bytes, nowMs);
      account.messages.owe(this.#messages, nowMs);
    }
    this.#bytes = 0;
    this.#messages = 0;
  }

  /** What is wrong when a session begins that takes up no other: the device may have one too many now. */
  begin(): Fault | undefined {
    const isCrowded = this.#accounts.some(({ sessions, sessionsMax }) => sessions > sessionsMax);
    return isCrowded ? CROWDED : undefined;
  }

  /** The connection is gone. */
  leave(nowMs: number): void {
    this.#settle(nowMs);
    for (const account of this.#accounts) {
      account.sessions -= 1;
      if (account.sessions === 0) this.#onLeft(account.name, nowMs);
    }
  }
}

export class Gate {
  readonly #limits: GateLimits;
  readonly #connects: { readonly [S in Scope]: Connects };
  /** By scope and name. */
  readonly #accounts = new Map<string, Account>();
  /** Names of those without a connection, and since when; the oldest first. */
  readonly #left = new Map<string, number>();
  #strangers = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
    this.#connects = {
      address: new Connects(limits.addressConnectsPerMinuteMax ?? ADDRESS.connects),
      device: new Connects(limits.deviceConnectsPerMinuteMax),
      fleet: new Connects(limits.fleetConnectsPerMinuteMax),
    };
  }

  /** Somebody connects: undefined where nothing is counted, else why not. */
  knock(address: string): Promise<Refused | undefined> | undefined {
    const { addressConnectsPerMinuteMax: perMinuteMax } = this.#limits;
    if (perMinuteMax === 0 || (perMinuteMax === undefined && isLoopback(address))) return undefined;
    return this.#connects.address.count(address, 'this address');
  }

  /** It is known who that is. Nobody in particular is limited by address alone. */
  greet({ device, terms }: Visitor): Promise<Refused | undefined> | undefined {
    const { deviceConnectsPerMinuteMax, fleetConnectsPerMinuteMax } = this.#limits;
    if (terms === undefined) return undefined;
    if (deviceConnectsPerMinuteMax === 0 && fleetConnectsPerMinuteMax === 0) return undefined;
    return this.#greeted(JSON.stringify([device.fleet, device.id]), device.fleet);
  }

  async #greeted(device: string, fleet: string): Promise<Refused | undefined> {
    const refused = await this.#connects.device.count(device, 'this device');
    return refused ?? (await this.#connects.fleet.count(fleet, 'this fleet'));
  }

  /** Why one more connection of this address, device and fleet can't be taken, if it can't. */
  full(address: string, visitor: Visitor): Refused | undefined {
    const full = this.#wanted(address, visitor).find(
      ({ name, socketsMax }) => (this.#accounts.get(name)?.sessions ?? 0) >= socketsMax,
    );
    if (full === undefined) return undefined;
    const message = `${full.what} has ${full.sessionsMax} connections, expected less`;
    return { status: 429, message, retryAfterMs: RETRY_MS };
  }

  /** Takes one more connection; ask full() before. */
  enter(address: string, visitor: Visitor, nowMs: number): Pass {
    this.#forget(nowMs);
    return new Pass(
      this.#wanted(address, visitor).map(({ name, bytesMax, messagesMax, sessionsMax }) => {
        const known = this.#accounts.get(name);
        const bytes = known?.bytes ?? new Bucket(bytesMax, nowMs);
        const messages = known?.messages ?? new Bucket(messagesMax, nowMs);
        const sessions = (known?.sessions ?? 0) + 1;
        const account = known ?? { name, sessions, sessionsMax, bytes, messages };
        account.sessions = sessions;
        this.#accounts.set(name, account);
        this.#left.delete(name);
        return account;
      }),
      this.#onLeft,
    );
  }

  /** Who comes again at once finds its buckets as it left them. */
  readonly #onLeft = (name: string, nowMs: number): void => {
    if (name.startsWith(NOBODY)) this.#accounts.delete(name);
    else this.#left.set(name, nowMs);
    this.#forget(nowMs);
  };

  #forget(nowMs: number): void {
    for (const [name, sinceMs] of this.#left) {
      if (nowMs - sinceMs < FULL_MS && this.#left.size <= LEFT_MAX) return;
      this.#left.delete(name);
      this.#accounts.delete(name);
    }
  }

  /** Accounts of a connection, and what each may have. */
  #wanted(address: string, { device, terms }: Visitor) {
    const limits = this.#limits;
    const { fleet } = device;
    // A device that nobody vouches for is as many as it has connections.
    if (terms === undefined) this.#strangers += 1;
    const id = terms === undefined ? `${this.#strangers}` : JSON.stringify([fleet, device.id]);
    const addressSessions = isLoopback(address) ? 0 : ADDRESS.sessions;
    const addressMax = some(limits.addressSessionsMax ?? addressSessions);
    const deviceMax = Math.min(some(limits.deviceSessionsMax), terms?.sessionsMax ?? some(0));
    const fleetMax = some(limits.fleetSessionsMax);
    return [
      {
        ...{ what: 'this address', name: `address ${address}` },
        ...{ sessionsMax: addressMax, socketsMax: addressMax },
        bytesMax: some(limits.addressBytesPerSecondMax),
        messagesMax: some(limits.addressMessagesPerSecondMax),
      },
      {
        ...{ what: 'this device', name: terms === undefined ? `${NOBODY}${id}` : `device ${id}` },
        ...{ sessionsMax: deviceMax, socketsMax: deviceMax + SPARE_SOCKETS },
        bytesMax: some(limits.deviceBytesPerSecondMax),
        messagesMax: some(limits.deviceMessagesPerSecondMax),
      },
      {
        ...{ what: 'this fleet', name: `fleet ${fleet}` },
        ...{ sessionsMax: fleetMax, socketsMax: fleetMax },
        bytesMax: some(limits.fleetBytesPerSecondMax),
        messagesMax: some(limits.fleetMessagesPerSecondMax),
      },
    ];
  }
}

const CROWDED: Fault = {
  code: 'rate_limited',
  message: 'this device has as many connections as it may, expected a resume of one of them',
};

const TOO_MUCH: Fault = {
  code: 'rate_limited',
  message: 'more messages or bytes came than may, expected audio at the pace of speech',
};

/** 0 is any number. */
function some(max: number): number {
  return max === 0 ? Number.POSITIVE_INFINITY : max;
}

/**
 * Connections a minute. Names are counted by a digest of 16 bits, so that no flood of names takes more
 * memory than that; who shares one by chance shares its limit, and nobody can aim at it.
 */
class Connects {
  readonly #perMinuteMax: number;
  readonly #limiter: RateLimiterMemory;
  readonly #salt = randomBytes(16);

  constructor(perMinuteMax: number) {
    this.#perMinuteMax = perMinuteMax;
    this.#limiter = new RateLimiterMemory({ points: perMinuteMax, duration: MINUTE_S });
  }

  async count(name: string, what: string): Promise<Refused | undefined> {
    if (this.#perMinuteMax === 0) return undefined;
    const digest = createHash('sha256').update(this.#salt).update(name).digest();
    try {
      await this.#limiter.consume(digest.readUInt16LE(0));
      return undefined;
    } catch (res) {
      const { msBeforeNext: retryAfterMs } = res as RateLimiterRes;
      const message = `${what} has connected ${this.#perMinuteMax} times in a minute, expected less often`;
      return { status: 429, message, retryAfterMs };
    }
  }
}
